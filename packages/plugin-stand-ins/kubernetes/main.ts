import { serve } from "@smallstep-ssh/usersync/host";
import { kubernetes } from "./plugin";

void serve(kubernetes());
