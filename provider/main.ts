import { serve } from "./host";
import { usersync } from "./plugin";

void serve(usersync({ eagerSignIn: true }));
