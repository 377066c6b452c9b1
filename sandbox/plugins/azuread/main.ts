import { serve } from "../../../provider/host";
import { azuread } from "./plugin";

void serve(azuread());
