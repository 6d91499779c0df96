"""The addresses of all pages. A programme's pages lie below /p/SLUG/."""

from django.urls import path

from bangfu.web.api import api
from bangfu.web.pages import accounts

urlpatterns = [
    path("api/", api.urls),
    path("sign-in/", accounts.sign_in, name="sign_in"),
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("first/", accounts.first, name="first"),
    path("password/", accounts.password, name="password"),
    path("language/", accounts.switch_language, name="language"),
    path("users/", accounts.users, name="users"),
]

handler400 = "bangfu.web.errors.bad_request"
handler403 = "bangfu.web.errors.forbidden"
handler404 = "bangfu.web.errors.not_found"
handler500 = "bangfu.web.errors.server_error"
