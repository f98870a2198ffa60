"""Third parties: pages of mail, chat and other services whose address alone tells about a person or a conversation."""

from functools import lru_cache

_PRIVATE = {
    "linkedin.com": {"/messaging": "/messaging/thread/LinkedInThreadID/", "/in": "/in/"},
    "mail.google.com": {"": "/"},
    "chat.google.com": {"": "/"},
    "meet.google.com": {"": "/"},
    "calendar.google.com": {"": "/"},
    "docs.google.com": {"": "/"},
    "drive.google.com": {"": "/"},
    "contacts.google.com": {"": "/"},
    "myaccount.google.com": {"": "/"},
    "accounts.google.com": {"": "/"},
    "gemini.google.com": {"": "/"},
    "outlook.live.com": {"": "/"},
    "outlook.office.com": {"": "/"},
    "outlook.office365.com": {"": "/"},
    "outlook.com": {"": "/"},
    "sharepoint.com": {"/personal": "/personal/", **{f"/:{kind}:": f"/:{kind}:/" for kind in "bfgoptuvwx"}},
    "onedrive.live.com": {"": "/"},
    "1drv.ms": {"": "/"},
    "teams.microsoft.com": {"": "/"},
    "teams.live.com": {"": "/"},
    "mail.yahoo.com": {"": "/"},
    "mail.aol.com": {"": "/"},
    "mail.proton.me": {"": "/"},
    "mail.zoho.com": {"": "/"},
    "mail.zoho.eu": {"": "/"},
    "mail.yandex.ru": {"": "/"},
    "mail.yandex.com": {"": "/"},
    "e.mail.ru": {"": "/"},
    "mail.163.com": {"": "/"},
    "mail.126.com": {"": "/"},
    "mail.qq.com": {"": "/"},
    "mail.naver.com": {"": "/"},
    "mail.daum.net": {"": "/"},
    "mail.rambler.ru": {"": "/"},
    "webmail.gmx.net": {"": "/"},
    "navigator.gmx.net": {"": "/"},
    "navigator.web.de": {"": "/"},
    "app.fastmail.com": {"": "/"},
    "app.tuta.com": {"": "/"},
    "icloud.com": {"/mail": "/mail/"},
    "web.whatsapp.com": {"": "/"},
    "api.whatsapp.com": {"": "/"},
    "wa.me": {"": "/"},
    "web.telegram.org": {"": "/"},
    "t.me": {"": "/"},
    "signal.me": {"": "/"},
    "discord.com": {"/channels": "/channels/", "/invite": "/invite/", "/users": "/users/"},
    "slack.com": {"": "/"},
    "messenger.com": {"": "/"},
    "facebook.com": {"/messages": "/messages/", "/profile.php": "/profile.php"},
    "instagram.com": {"/direct": "/direct/"},
    "twitter.com": {"/messages": "/messages/", "/i/chat": "/i/chat/"},
    "x.com": {"/messages": "/messages/", "/i/chat": "/i/chat/"},
    "reddit.com": {"/message": "/message/", "/chat": "/chat/", "/user": "/user/", "/u": "/u/"},
    "chat.reddit.com": {"": "/"},
    "vk.com": {"/im": "/im/"},
    "zoom.us": {"/j": "/j/", "/wc": "/wc/", "/my": "/my/"},
    "chatgpt.com": {"/c": "/c/", "/share": "/share/", "/g": "/g/"},
    "claude.ai": {"/chat": "/chat/", "/share": "/share/", "/project": "/project/"},
    "perplexity.ai": {"/search": "/search/", "/thread": "/thread/"},
    "copilot.microsoft.com": {"/chats": "/chats/", "/shares": "/shares/"},
    "dropbox.com": {"/home": "/home/", "/s": "/s/", "/scl": "/scl/"},
}
"""Host (with everything below it) to: beginning of the path, whole segments -> what remains of path and query."""


def cover(host: str, path: str) -> tuple[str, str] | None:
    """Host and path that may be told; None where the page is nobody's in particular."""
    private = _rules(host)
    if private is None:
        return None
    name, beginnings = private
    for beginning, remains in beginnings.items():
        if path == beginning or path.startswith(f"{beginning}/"):
            return name, remains
    return None


@lru_cache(maxsize=4096)
def _rules(host: str) -> tuple[str, dict[str, str]] | None:
    labels = host.split(".")
    for start in range(len(labels) - 1):
        name = ".".join(labels[start:])
        if name in _PRIVATE:
            return name, _PRIVATE[name]
    return None
