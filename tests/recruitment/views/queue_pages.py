"""What the tests of queue pages share."""

from django.test import Client
from django.urls import reverse


def get(client: Client, query: str = "tab=team", name: str = "queue") -> str:
    response = client.get(f"{reverse(name)}?{query}")
    assert response.status_code == 200
    return response.content.decode()
