import { serve } from "./host/serve";
import { usersync } from "./plugin";

void serve(usersync({ eagerSignIn: true }));
