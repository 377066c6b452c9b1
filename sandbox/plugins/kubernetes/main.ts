import { serve } from "../../../provider/host";
import { kubernetes } from "./plugin";

void serve(kubernetes());
