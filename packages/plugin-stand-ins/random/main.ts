import { serve } from "@smallstep-ssh/usersync/host";
import { random } from "./plugin";

void serve(random());
