"""Runs scim2-tester against SCIM_URL with the token SCIM_TOKEN and the CA certificate SCIM_CA. Prints the results as JSON."""

import json
import os
import ssl

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server

http = Client(
    base_url=os.environ["SCIM_URL"],
    headers={"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"},
    verify=ssl.create_default_context(cafile=os.environ["SCIM_CA"]),
)
results = check_server(SyncSCIMClient(http))
print(
    json.dumps(
        [
            {
                "status": result.status.name,
                "title": result.title,
                "resourceType": result.resource_type,
                "reason": result.reason,
            }
            for result in results
        ]
    )
)
