"""Apps that show pages, and browsers built like one: what they write into user agents, and their packages."""

from typing import NamedTuple


class Host(NamedTuple):
    """An app."""

    name: str
    """As published."""
    words: str
    """Of the user agent or the package, lower case, separated by spaces: products and names of packages. A word with a
    slash only counts before a version, since alone it means other things too."""
    pattern: str = ""
    """RE2, case-blind: what words cannot say."""


HOSTS = (
    # Meta. All name Facebook's in-app browser, so Facebook itself is the last.
    Host(
        "Messenger",
        "com.facebook.orca com.facebook.mlite",
        r"\bfb(?:an|_iab)/(?:messenger|orca|mlite)|\bmetaiab messenger",
    ),
    Host("Instagram", "instagram com.instagram.android com.instagram.lite com.burbn.instagram"),
    Host("Threads", "com.instagram.barcelona com.burbn.barcelona", r"\bbarcelona \d|\bmetaiab threads"),
    Host("Workplace", "com.facebook.work com.facebook.workchat", r"\bfb(?:an|_iab)/(?:at)?work"),
    Host("Facebook", "fban/ fb_iab/ fbav/ metaiab com.facebook.katana com.facebook.lite"),
    Host("WhatsApp", "whatsapp wa4a/ wab4a/ waios/ com.whatsapp com.whatsapp.w4b net.whatsapp.whatsapp"),
    # ByteDance: TikTok's words are its other apps' too.
    Host("Douyin", "aweme/ com.ss.android.ugc.aweme", r"\baweme_|\bappname/aweme"),
    Host("Toutiao", "newsarticle/ com.ss.android.article.news", r"\bnews_article|\bappname/news_article"),
    Host("TopBuzz", "topbuzz/"),
    Host("Lark", "lark/ com.larksuite.suite com.ss.android.lark"),
    Host(
        "TikTok",
        "bytedancewebview/ bytelocale/ com.zhiliaoapp.musically com.zhiliaoapp.musically.go com.ss.android.ugc.trill",
        r"\bmusical_?ly|\btrill_|\btiktok|\bappname/(?:trill|ultralite)",
    ),
    # Tencent
    Host("WeCom", "wxwork/ com.tencent.wework"),
    Host("WeChat", "micromessenger mmwebid/ windowswechat macwechat com.tencent.mm"),
    Host("TIM", "tim/ com.tencent.tim"),
    Host("QQ", "qq/ com.tencent.mobileqq", r"\bv1_(?:and|iph|ipad)_sq_"),
    Host("Qzone", "qzone/ com.qzone"),
    Host("QQ Music", "qqmusic/ com.tencent.qqmusic"),
    Host("Tencent News", "qqnews/ com.tencent.news"),
    Host("Tencent Video", "qqlivebrowser/ com.tencent.qqlive"),
    # Alibaba: an app within `AliApp( )`
    Host("Alipay", "alipayclient/ alipayclienthk/ com.eg.android.alipaygphone hk.alipay.wallet", r"aliapp\(ap/"),
    Host("Taobao", "com.taobao.taobao", r"aliapp\((?:tb|lt)\b"),
    Host("Tmall", "com.tmall.wireless", r"aliapp\(tm\b"),
    Host("DingTalk", "dingtalk com.alibaba.android.rimet com.laiwang.dingtalk"),
    Host("Lazada", "lazada com.lazada.android", r"aliapp\(la/|\blazada"),
    Host("AliExpress", "com.alibaba.aliexpresshd", r"aliapp\(ae/|\baliexpress"),
    Host("1688", "com.alibaba.wireless", r"aliapp\(1688/"),
    Host("Youku", "youku com.youku.phone"),
    # More from China
    Host("Weibo", "weibo com.sina.weibo com.weico.international", r"\bweibo|__weibo__"),
    Host("Baidu", "baiduboxapp/ searchcraft/ com.baidu.searchbox com.baidu.searchbox.lite"),
    Host("Tieba", "tieba/ com.baidu.tieba"),
    Host("Xiaohongshu", "com.xingin.xhs com.xingin.discover", r"xiaohongshu|\brednote|\b(?:xhs)?discover/\d"),
    Host("Kuaishou", "com.smile.gifmaker com.kuaishou.nebula", r"\bkwai|\bkuaishou|\bksnebula"),
    Host("Bilibili", "tv.danmaku.bili", r"\bbilibili|\bbili(?:app|-universal|-inter)"),
    Host("Zhihu", "com.zhihu.android", r"\bzhihu|osee2unifiedrelease"),
    Host("Douban", "com.douban.frodo com.douban.group"),
    Host("JD", "jdapp com.jingdong.app.mall"),
    Host("Pinduoduo", "com.xunmeng.pinduoduo", r"\bpinduoduo|\bphh_(?:android|ios)_version/"),
    Host("Meituan", "com.sankuai.meituan", r"\bmeituan"),
    Host("NetEase Music", "neteasemusic/ com.netease.cloudmusic"),
    Host("Sogou Search", "com.sogou.activity.src", r"\bsogousearch"),
    Host("Kimi", "kimi/ com.moonshot.kimichat"),
    Host("DeepSeek", "deepseek com.deepseek.chat"),
    Host("Doubao", "com.larus.nova", r"\bdoubao"),
    # Korea
    Host("KakaoTalk", "kakaotalk com.kakao.talk com.iwilab.kakaotalk"),
    Host("KakaoStory", "kakaostory com.kakao.story"),
    Host("NAVER", "com.nhn.android.search com.nhncorp.naversearch", r"\bnaver\("),
    Host("Daum", "net.daum.android.daum net.daum.iphone.daum", r"\bdaumapps?/"),
    Host("BAND", "band/ com.nhn.android.band"),
    Host("Coupang", "com.coupang.mobile", r"\bcoupang"),
    Host("Karrot", "com.towneers.www", r"\btowneers|\bkarrot"),
    # Japan
    Host("LINE", "line/ jp.naver.line.android jp.naver.line"),
    Host("Yahoo! Japan", "jp.co.yahoo.android.yjtop jp.co.yahoo.ipn.appli"),
    Host("SmartNews", "jp.gocro.smartnews.android jp.gocro.smartnews", r"\bsmartnews"),
    Host("PayPay", "jp.ne.paypay.android.app jp.ne.paypay.iosapp", r"\bpaypay"),
    Host("Mercari", "com.kouzoh.mercari", r"\bmercari"),
    Host("Rakuten", "jp.co.rakuten.android", r"\brakuten-?(?:ichiba|app|webview)"),
    Host("Gunosy", "gunosy com.gunosy.android"),
    # Southeast Asia
    Host("Zalo", "zalo com.zing.zalo"),
    Host("Shopee", "", r"\bshopee"),
    Host("Tokopedia", "", r"\btokopedia"),
    Host("Grab", "grab/ com.grabtaxi.passenger"),
    # Russia
    Host("VK", "vk/ com.vkontakte.android com.vk.vkclient", r"\bvk(?:android|ios)?_?(?:app|client)"),
    Host("Odnoklassniki", "okapp okandroid/ okios/ ru.ok.android"),
    Host("Yandex", "ru.yandex.searchplugin com.yandex.searchapp", r"\byandexsearch/"),
    Host("Zen", "zenkit/ com.yandex.zen"),
    # Messengers
    Host("Telegram", "telegram telegram-android/ telegram-ios/ org.telegram.messenger org.telegram.messenger.web"),
    Host("Viber", "viber com.viber.voip"),
    Host("Skype", "skype/ com.skype.raider com.skype.skype"),
    Host("Signal", "signal/ signal-desktop/ org.thoughtcrime.securesms org.whispersystems.signal"),
    Host("Discord", "discord discord-android com.discord com.hammerandchisel.discord"),
    Host("Slack", "slack slack_ssb com.slack com.tinyspeck.chatlyio"),
    Host("Teams", "teams/ com.microsoft.teams com.microsoft.skype.teams", r"\bteamsmobile|\bmicrosoftteams"),
    Host("imo", "imoandroid/ com.imo.android.imoim"),
    # Social networks and news
    Host("Snapchat", "com.snapchat.android com.toyopagroup.picaboo", r"snapchat"),
    Host("Pinterest", "pinterest com.pinterest"),
    Host(
        "X",
        "twitterandroid twitter/ com.twitter.android com.twitter.android.lite com.atebits.tweetie2",
        r"\btwitter(?: for |-?i(?:phone|pad|os)\b)",
    ),
    Host("LinkedIn", "linkedinapp com.linkedin.android com.linkedin.android.lite com.linkedin.linkedin"),
    Host("Alien Blue", "", r"\balienblue"),
    Host("Reddit", "reddit redditandroid/ com.reddit.frontpage com.reddit.reddit"),
    Host("Tumblr", "com.tumblr com.tumblr.tumblr", r"\btumblr"),
    Host("Quora", "quora com.quora.android com.quora.app.mobile"),
    Host("Nextdoor", "com.nextdoor", r"\bnextdoor"),
    Host("Bluesky", "bluesky/ xyz.blueskyweb.app"),
    Host("Mastodon", "org.joinmastodon.android"),
    Host("XING", "xing/ com.xing.android"),
    Host("Flipboard", "flipboard flipboard.app com.flipboard.flipboard-ipad"),
    Host("NewsBreak", "newsbreak/ com.particlenews.newsbreak"),
    Host("Feedly", "com.devhd.feedly"),
    Host("Pocket", "com.ideashower.readitlater.pro"),
    Host("Spotify", "spotify com.spotify.music com.spotify.client"),
    Host("Twitch", "twitch/ tv.twitch.android.app"),
    Host("Netflix", "com.netflix.mediaclient"),
    # Google and Microsoft
    Host("Gmail", "gmail/ com.google.android.gm com.google.android.gm.lite com.google.gmail"),
    Host("YouTube", "com.google.android.youtube com.google.ios.youtube"),
    Host("Google Maps", "com.google.android.apps.maps com.google.maps"),
    Host("Google News", "com.google.android.apps.magazines"),
    Host("Google Go", "com.google.android.apps.searchlite"),
    Host("Gemini", "com.google.android.apps.bard com.google.gemini"),
    Host("Google app", "gsa/ googleapp/ com.google.android.googlequicksearchbox com.google.googlemobile"),
    Host("Google Earth", "com.google.earth", r"\bgoogle earth\b"),
    Host("Outlook", "com.microsoft.office.outlook", r"\boutlook-(?:ios|android)|\bmicrosoft (?:office )?outlook\b"),
    Host("Copilot", "copilot/ com.microsoft.copilot"),
    Host("Bing", "bingsapphire/ sapphire/ bingweb/ com.microsoft.bing com.microsoft.bingintl", r"\bbing for i"),
    # Assistants
    Host("ChatGPT", "chatgpt/ com.openai.chatgpt com.openai.chat", r"\bchatgpt-?(?:ios|android)"),
    Host("Perplexity", "perplexity ai.perplexity.app.android ai.perplexity.app"),
    Host("Claude", "claude com.anthropic.claude"),
    Host("Grok", "grok/ ai.x.grok ai.x.grokapp"),
    # Shops and money
    Host("Amazon", "amazon.com/ com.amazon.mshop.android.shopping com.amazon.amazon", r"\bamazonwebview|\bmshop\b"),
    Host("eBay", "ebay/ com.ebay.mobile com.ebay.iphone", r"\bebay-?(?:ios|iphone|ipad|android|useragent)"),
    Host("Etsy", "etsy/ etsyinc/ com.etsy.android com.etsy.etsyforios"),
    Host("Klarna", "com.myklarnamobile", r"\bklarna"),
    Host("Mercado Libre", "com.mercadolibre", r"\bmercadoli[bv]re"),
    Host("Temu", "temu/ com.einnovation.temu"),
    Host("SHEIN", "shein/ sheinapp/ com.zzkko"),
    Host("Booking.com", "booking.app/ com.booking"),
    Host("PayPal", "paypal/ com.paypal.android.p2pmobile com.yourcompany.ppclient"),
    Host("Binance", "bnc/ com.binance.dev"),
    Host("MetaMask", "metamaskmobile io.metamask"),
    Host("Yelp", "com.yelp.android", r"\byelp(?:webview|app)/"),
    Host("Waze", "com.waze"),
    Host("Grindr", "grindr com.grindrapp.android"),
    Host("Roblox", "robloxapp/ com.roblox.client"),
    # Mail
    Host("Thunderbird", "thunderbird net.thunderbird.android"),
    Host("Yahoo Mail", "com.yahoo.mobile.client.android.mail"),
    Host("Proton Mail", "ch.protonmail.android ch.protonmail.protonmail"),
    Host("GMX Mail", "de.gmx.mobile.android.mail"),
    Host("WEB.DE Mail", "de.web.mobile.android.mail"),
    Host("Samsung Email", "com.samsung.android.email.provider"),
    Host("K-9 Mail", "com.fsck.k9"),
    # Desktops
    Host("Steam", "com.valvesoftware.android.steam.community", r"\bvalve steam\b"),
    Host("Notion", "notion/ notion.id"),
    Host("Figma", "figma/"),
    Host("Visual Studio Code", "code/ code-insiders/ vscode/"),
)
"""From public knowledge, makers' documentation where there is one. Where several match, the earlier wins."""

BROWSERS = (
    r"browser\w*[/ ]\(?v?\d",
    r"\b(?:op[rtx]|opera|opios|coast|edga|edgios|fxios|focus|klar|crios|brave|vivaldi|duckduckgo|ddg|silk|puffin)/",
    r"\b(?:ucweb|quark|phoenix|liebaofast|acheetahi|mercury|maxthon|mxios|sleipnir|smooz|midori|stargon|whale)/",
    r"\b(?:jiopages|jiosphere|sznprohlizec|tv bro)/|\becosia\b",
)
"""Browsers on Android's or Apple's WebView (or Electron): products of their own, and no app that merely shows a page.
Those on an engine of their own look like no WebView and need no line here."""

BROWSER_PACKAGES = (
    r"browser|^mark\.via",
    r"^(?:org\.mozilla|org\.chromium|com\.cloudmosa|com\.alohamobile|com\.coccoc|com\.ucmobile|com\.uc)\.",
    r"^com\.opera\.(?:mini|touch|gx)",
    r"^com\.(?:android|google\.android\.apps)\.chrome$|^com\.chrome\.[a-z]+$",
    r"^com\.(?:duckduckgo\.mobile|ecosia)\.android$|^com\.microsoft\.emmx|^com\.tencent\.mtt$|^com\.naver\.whale$",
    r"^com\.(?:amazon\.cloud9|jio\.web|ksmobile\.cb|transsion\.phoenix|startpage|qwant\.liberty|appsverse\.photon)",
    r"^org\.lineageos\.jelly$|^ai\.perplexity\.comet$",
)
"""Packages of browsers, in lower case: most say so, these do not."""

EMBEDDED = (
    r"; ?wv\)",
    r"\bversion/4\.0 chrome/",
    r"webview|\bmsapphost/",
    r"\b(?:in-?app|iab)\b",
    r"\b(?:electron|crosswalk|arkweb|adobeair|amazonwebappplatform)/",
)
"""What says that a page is shown inside an app, whatever the app: Android's WebView since 5 and before, Windows' and
HarmonyOS's, apps that tell, and the runtimes of apps made of web pages."""
