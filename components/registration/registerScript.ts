/**
 * The shell script of the register step. Every value comes from the environment and is quoted, so that the shell never interprets it.
 * DOMAINS is split only at its commas. The script writes the tool's output and exit code to files for the next step. It stops a tool
 * that hangs, limits the size of the output, and logs none of it, because the output may contain the secret.
 */
export const registerScript = `set -u
cd "$WORK_DIR" || exit 1
verb=
if [ ! -e failed ]; then
  case "$(cat decision)" in
    add) verb=add ;;
    update) verb=$UPDATE_VERB ;;
  esac
fi
if [ -z "$verb" ]; then
  echo "register: nothing to do"
  exit 0
fi
set -- --ssh --type OIDC --name "$PROVISIONER_NAME" \\
  \${LISTEN_ADDRESS:+--listen-address "$LISTEN_ADDRESS"} \\
  --client-id "$CLIENT_ID" --client-secret "$CLIENT_SECRET" --configuration-endpoint "$CONFIGURATION_ENDPOINT"
set -f
IFS=,
for domain in $DOMAINS; do set -- "$@" --domain "$domain"; done
unset IFS
(
  ulimit -f 4096
  exec manage-provisioners "$@" --authority "$AUTHORITY_ID" --tenant-id "$TENANT_ID" "$verb"
) >register.output 2>&1 </dev/null &
tool=$!
(
  trap 'kill "$pause" 2>/dev/null; exit 0' TERM
  sleep "$REGISTER_SECONDS" &
  pause=$!
  wait "$pause"
  : >register.timeout
  kill -KILL "$tool"
) >/dev/null 2>&1 </dev/null &
watch=$!
wait "$tool"
status=$?
kill -TERM "$watch" 2>/dev/null
echo "$status" >register.status
echo "register: manage-provisioners ended with exit code $status"
`;
