import { serve } from "@smallstep-ssh/usersync/host";
import { postgresql } from "./plugin";

void serve(postgresql());
