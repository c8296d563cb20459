"""A second real OpenID provider for tests, on loopback only: python provider.py REDIRECT_URL

Django OAuth Toolkit, which shares nothing with the first. Says its issuer on the first line. Anybody signs in by the
name of an account below; the password is not looked at. Ends with its standard input.
"""

import os
import sys
import tempfile
import threading
from socketserver import ThreadingMixIn
from urllib.parse import quote
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback has no certificate

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

ACCOUNTS = {
    "laboratory": {"name": "Gry Genetiker", "roles": ["staff", "geneticist"], "org": "Testkøbing Hospital", "chief": "clinician"},
    "clinician": {"name": "Lis Læge", "roles": ["doctor"], "org": "Testkøbing Hospital", "profession": "7170"},
    "asta": {"name": "Asta Prøve", "roles": ["citizen"], "cpr": "0201919990"},
    "stranger": {"name": "Uve Uvedkommende", "roles": ["gardener"]},
    "unknown": {"name": "Ukendt Borger", "roles": ["citizen"], "cpr": "0101809995"},
}

key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
folder = tempfile.TemporaryDirectory()
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(folder.name, "provider.db"),
            "OPTIONS": {"timeout": 20},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    LOGIN_URL="/login/",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": key.decode(),
        "OAUTH2_VALIDATOR_CLASS": "__main__.Claims",
        "PKCE_REQUIRED": True,
        "SCOPES": {"openid": "who she is", "profile": "what she is"},
    },
    ROOT_URLCONF="__main__",
    SECRET_KEY=os.urandom(32).hex(),
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USE_TZ=True,
)
django.setup()

from django.contrib.auth import get_user_model, login
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import include, path
from oauth2_provider.models import Application
from oauth2_provider.oauth2_validators import OAuth2Validator


class Claims(OAuth2Validator):
    """The subject is the name of the account; what else is known of it goes into the signed token."""

    oidc_claim_scope = None  # the claims below need no scope of their own

    def get_additional_claims(self, request):
        return {"sub": request.user.username, **ACCOUNTS[request.user.username]}


def sign_in(request):
    """The sign-in page: a form that asks for a name."""
    address = request.get_full_path()
    if request.method != "POST":
        # Encoded once more, so that nothing in it has a meaning in HTML.
        action = "/login/?next=" + quote(request.GET.get("next", "/"), safe="")
        return HttpResponse(f'<form method="post" action="{action}"><input name="login"><input name="password"></form>')
    name = request.POST.get("login", "")
    if name not in ACCOUNTS:
        return HttpResponseBadRequest(f"nobody signs in at {address}")
    user, _ = get_user_model().objects.get_or_create(username=name)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(request.GET["next"])


urlpatterns = [
    path("login/", sign_in),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_message(self, *_):
        pass


class Server(ThreadingMixIn, WSGIServer):
    """Answers several at a time."""

    daemon_threads = True


def main():
    redirect_url = sys.argv[1]
    call_command("migrate", verbosity=0)
    Application.objects.create(
        client_id="indgang",
        client_secret=os.environ["CLIENT_SECRET"],
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=redirect_url,
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet)
    print(f"http://127.0.0.1:{server.server_port}/o", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
