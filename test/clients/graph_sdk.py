"""Reads the tenant with the Microsoft Graph SDK for Python and prints the objects as JSON.

Environment: GRAPH_URL, GRAPH_TENANT, GRAPH_CLIENT_ID, GRAPH_CLIENT_SECRET and GRAPH_CA; SHOW_USER, SHOW_GROUP and SHOW_PRINCIPAL
select the objects to show.
"""

import asyncio
import json
import os
import ssl

import httpx
from azure.identity.aio import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import GraphClientFactory
from msgraph_core.tasks import PageIterator

URL = os.environ["GRAPH_URL"]


async def all_of(page, adapter):
    """Return the items of all pages of a collection."""
    found = []

    def keep(item):
        found.append(item)
        return True

    await PageIterator(page, adapter).iterate(keep)
    return found


async def main():
    # aiohttp uses the default TLS context, which reads SSL_CERT_FILE.
    credential = ClientSecretCredential(
        os.environ["GRAPH_TENANT"],
        os.environ["GRAPH_CLIENT_ID"],
        os.environ["GRAPH_CLIENT_SECRET"],
        authority=URL,
        disable_instance_discovery=True,
    )
    host = URL.removeprefix("https://").split(":")[0]
    provider = AzureIdentityAuthenticationProvider(credential, scopes=[f"{URL}/.default"], allowed_hosts=[host])
    context = ssl.create_default_context(cafile=os.environ["GRAPH_CA"])
    http = GraphClientFactory.create_with_default_middleware(client=httpx.AsyncClient(verify=context, timeout=60))
    adapter = GraphRequestAdapter(provider, http)
    adapter.base_url = f"{URL}/v1.0"
    client = GraphServiceClient(request_adapter=adapter)

    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=["id", "userPrincipalName", "mail", "accountEnabled"], top=20
    )
    users = await client.users.get(request_configuration=RequestConfiguration(query_parameters=query))
    groups = await client.groups.get()
    applications = await client.applications.get()
    principals = await client.service_principals.get()
    group = os.environ["SHOW_GROUP"]
    principal = os.environ["SHOW_PRINCIPAL"]
    user = await client.users.by_user_id(os.environ["SHOW_USER"]).get()
    members = await client.groups.by_group_id(group).members.get()
    assignments = await client.service_principals.by_service_principal_id(principal).app_role_assigned_to.get()
    shown = await client.service_principals.by_service_principal_id(principal).get()
    jobs = await client.service_principals.by_service_principal_id(principal).synchronization.jobs.get()
    print(
        json.dumps(
            {
                "users": sorted(one.user_principal_name for one in await all_of(users, adapter)),
                "groups": sorted(one.id for one in await all_of(groups, adapter)),
                "applications": sorted(one.app_id for one in await all_of(applications, adapter)),
                "servicePrincipals": sorted(one.id for one in await all_of(principals, adapter)),
                "user": {"id": user.id, "mail": user.mail, "displayName": user.display_name},
                "members": sorted(one.id for one in await all_of(members, adapter)),
                "memberTypes": sorted({type(one).__name__ for one in await all_of(members, adapter)}),
                "assignments": [
                    {"principal": str(one.principal_id), "role": str(one.app_role_id), "type": one.principal_type}
                    for one in assignments.value
                ],
                "roles": {role.display_name: str(role.id) for role in shown.app_roles},
                "jobs": [{"templateId": job.template_id, "state": job.schedule.state.value} for job in jobs.value],
            }
        )
    )
    await credential.close()


asyncio.run(main())
