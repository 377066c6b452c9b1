import { serve } from "../../../provider/host";
import { random } from "./plugin";

void serve(random());
