import { serve } from "../../../provider/host";
import { postgresql } from "./plugin";

void serve(postgresql());
