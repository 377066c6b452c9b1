import { serve } from "@smallstep-ssh/usersync/host";
import { azuread } from "./plugin";

void serve(azuread());
