"""The addresses of all pages. A programme's pages lie below /p/SLUG/."""

from django.urls import path

from bangfu.web.api import api
from bangfu.web.pages import accounts, audit, catalogue, check, entry, figures, intake, ledger, programmes, reports, search

urlpatterns = [
    path("", programmes.home, name="home"),
    path("api/", api.urls),
    path("sign-in/", accounts.sign_in, name="sign_in"),
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("first/", accounts.first, name="first"),
    path("password/", accounts.password, name="password"),
    path("language/", accounts.switch_language, name="language"),
    path("users/", accounts.users, name="users"),
    path("help/", catalogue.help_page, name="help"),
    path("report.css", reports.stylesheet, name="report_css"),
    path("programmes/", programmes.all_programmes, name="programmes"),
    path("programmes/new/", programmes.new_programme, name="new_programme"),
    path("p/<slug:slug>/", figures.overview, name="overview"),
    path("p/<slug:slug>/settings/", programmes.settings, name="settings"),
    path("p/<slug:slug>/ledger/", ledger.ledger, name="ledger"),
    path("p/<slug:slug>/ledger/totals/", ledger.ledger_totals, name="ledger_totals"),
    path("p/<slug:slug>/ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("p/<slug:slug>/ledger/form/<slug:code>/", ledger.ledger_form, name="ledger_form"),
    path("p/<slug:slug>/ledger/view/", ledger.save_view, name="save_view"),
    path("p/<slug:slug>/entry/<int:pk>/", entry.entry, name="entry"),
    path("p/<slug:slug>/entry/<int:pk>/amend/", entry.amend, name="amend"),
    path("p/<slug:slug>/entry/<int:pk>/void/", entry.void_entry, name="void"),
    path("p/<slug:slug>/entry/<int:pk>/source/", entry.source, name="source"),
    path("p/<slug:slug>/entry/<int:pk>/vouchers/", entry.add_vouchers, name="add_vouchers"),
    path("p/<slug:slug>/entry/<int:pk>/vouchers/<str:sha256>/", entry.voucher, name="voucher"),
    path("p/<slug:slug>/new/", entry.new, name="new"),
    path("p/<slug:slug>/new/<slug:code>/", entry.new_entry, name="new_entry"),
    path("p/<slug:slug>/draft/<slug:code>/", entry.keep_draft, name="keep_draft"),
    path("p/<slug:slug>/figures/", figures.figures, name="figures"),
    path("p/<slug:slug>/figures/export/", figures.figures_export, name="figures_export"),
    path("p/<slug:slug>/figures/trends/", figures.trends, name="trends"),
    path("p/<slug:slug>/figures/<slug:code>/", figures.figure, name="figure"),
    path("p/<slug:slug>/figures/<slug:code>/export/", figures.trace_export, name="trace_export"),
    path("p/<slug:slug>/intake/", intake.intake, name="intake"),
    path("p/<slug:slug>/intake/<int:pk>/", intake.preview, name="preview"),
    path("p/<slug:slug>/intake/<int:pk>/answer/", intake.answer, name="answer"),
    path("p/<slug:slug>/intake/<int:pk>/confirm/", intake.confirm, name="confirm"),
    path("p/<slug:slug>/intake/<int:pk>/marked/", intake.marked, name="marked"),
    path("p/<slug:slug>/intake/<int:pk>/result/", intake.imported, name="imported"),
    path("p/<slug:slug>/intake/templates/", intake.templates, name="templates"),
    path("p/<slug:slug>/intake/templates/<slug:code>/", intake.template, name="template"),
    path("p/<slug:slug>/batch/<int:pk>/", intake.batch, name="batch"),
    path("p/<slug:slug>/batch/<int:pk>/file/", intake.batch_file, name="batch_file"),
    path("p/<slug:slug>/batch/<int:pk>/undo/", intake.undo, name="undo"),
    path("p/<slug:slug>/reports/", reports.reports, name="reports"),
    path("p/<slug:slug>/reports/view/", reports.view, name="report_view"),
    path("p/<slug:slug>/reports/word/", reports.word, name="report_word"),
    path("p/<slug:slug>/reports/keep/", reports.keep, name="report_keep"),
    path("p/<slug:slug>/reports/renew/", reports.renew, name="renew"),
    path("p/<slug:slug>/reports/<int:pk>/", reports.kept_report, name="kept_report"),
    path("p/<slug:slug>/check/", check.check, name="check"),
    path("p/<slug:slug>/check/<int:pk>/", check.review, name="review"),
    path("p/<slug:slug>/check/<int:pk>/<str:form>/", check.review_file, name="review_file"),
    path("p/<slug:slug>/check/<int:pk>/claim/<int:index>/", check.claim, name="claim"),
    path("p/<slug:slug>/check/<int:pk>/claim/<int:index>/correct/", check.correct, name="correct"),
    path("p/<slug:slug>/catalogue/", catalogue.catalogue, name="catalogue"),
    path("p/<slug:slug>/catalogue/<slug:code>/", catalogue.kind, name="kind"),
    path("p/<slug:slug>/search/", search.search, name="search"),
    path("p/<slug:slug>/audit/", audit.audit, name="audit"),
    path("p/<slug:slug>/audit/<int:mark>/", audit.posting, name="posting"),
]

handler400 = "bangfu.web.errors.bad_request"
handler403 = "bangfu.web.errors.forbidden"
handler404 = "bangfu.web.errors.not_found"
handler500 = "bangfu.web.errors.server_error"
