"""Search engines, and the portals that have one on their first page."""

SEARCH = {
    "google": "google.com google.{} google.cat syndicatedsearch.goog webcache.googleusercontent.com search.app",
    "google news": "news.google.com news.google.{}",
    "google lens": "lens.google.com",
    "google scholar": "scholar.google.com scholar.google.{}",
    "google-play": "play.google.com",
    "bing": "bing.com",
    "msn": "msn.com search.live.com",
    "yahoo": "yahoo.com yahoo.{} search.yahoo.com search.yahoo.{}",
    "duckduckgo": "duckduckgo.com ddg.gg duck.com",
    "yandex": "yandex.com yandex.{} ya.ru clck.yandex.com clck.yandex.{} yabs.yandex.{}",
    "zen": "zen.yandex.ru zen.yandex.com dzen.ru",
    "baidu": "baidu.com baidu.{} wenku.baidu.com zhidao.baidu.com baike.baidu.com",
    "naver": "naver.com",
    "ecosia": "ecosia.org ecosia-browser.net",
    "startpage": "startpage.com startpage.{} ixquick.com ixquick.{} startingpage.com",
    "brave": "search.brave.com",
    "so.com": "so.com haosou.com 360.cn so.360.cn sou.com",
    "shenma": "sm.cn",
    "toutiao": "so.toutiao.com toutiao.com",
    "chinaso": "chinaso.com",
    "youdao": "youdao.com",
    "seznam": "seznam.cz search.seznam.cz",
    "ask": "ask.com ask.{} search.ask.com jeeves.com askjeeves.com teoma.com",
    "search-results": "search-results.com",
    "aol": "aol.com aol.{} search.aol.com search.aol.{} suche.aol.de recherche.aol.fr aolsearch.com aolsvc.aol.com",
    "swisscows": "swisscows.com swisscows.ch",
    "metager": "metager.org metager.de metager.es metager2.de",
    "presearch": "presearch.com presearch.org presearch.io",
    "lycos": "lycos.com lycos.{} search.lycos.com hotbot.com",
    "info": "info.com",
    "excite": "excite.com excite.{} results.excite.com msxml.excite.com",
    "alta vista": "altavista.com altavista.{}",
    "alltheweb": "alltheweb.com",
    "t-online": "t-online.de suche.t-online.de",
    "gmx": "suche.gmx.net suche.gmx.at suche.gmx.ch search.gmx.com search.gmx.co.uk recherche.gmx.fr",
    "web.de": "suche.web.de",
    "1und1": "search.1und1.de suche.1und1.de",
    "freenet": "suche.freenet.de",
    "mail.ru": "mail.ru go.mail.ru",
    "rambler": "rambler.ru nova.rambler.ru",
    "petal": "petalsearch.com",
    "searx": "searx.be searx.me searx.org searxng.org searx.space",
    "karma": "karmasearch.org",
    "alice": "search.alice.it alice.it aliceadsl.fr",
    "orange": "lemoteur.orange.fr lemoteur.fr voila.fr orange.fr",
    "free": "search.free.fr",
    "sfr": "recherche.sfr.fr",
    "goo": "goo.ne.jp search.goo.ne.jp",
    "biglobe": "biglobe.ne.jp biglobe.co.jp search.biglobe.ne.jp",
    "nifty": "search.nifty.com",
    "auone": "search.auone.jp auone.jp sp-web.search.auone.jp",
    "docomo": "search.smt.docomo.ne.jp service.smt.docomo.ne.jp",
    "rakuten": "websearch.rakuten.co.jp",
    "livedoor": "search.livedoor.com",
    "so-net": "so-net.ne.jp",
    "globo": "globo.com busca.globo.com",
    "uol": "busca.uol.com.br",
    "terra": "terra.com terra.com.br terra.es buscador.terra.com.br buscador.terra.es",
    "bol": "busca.bol.uol.com.br",
    "ukr": "ukr.net search.ukr.net secureurl.ukr.net",
    "meta.ua": "meta.ua",
    "bigmir": "bigmir.net",
    "i.ua": "search.i.ua",
    "centrum": "centrum.cz search.centrum.cz centrum.sk",
    "atlas": "atlas.cz searchatlas.centrum.cz",
    "onet": "onet.pl szukaj.onet.pl",
    "wp": "wp.pl szukaj.wp.pl",
    "interia": "google.interia.pl szukaj.interia.pl",
    "comcast": "comcast.net comcast.com search.comcast.net search.xfinity.com",
    "cnn": "search.cnn.com",
    "avg": "search.avg.com mysearch.avg.com isearch.avg.com",
    "norton": "nortonsafe.search.ask.com search.norton.com safesearch.norton.com",
    "babylon": "search.babylon.com isearch.babylon.com",
    "incredimail": "search.incredimail.com mystart.incredimail.com",
    "earthlink": "search.earthlink.net",
    "verizon": "search.verizon.com search.verizon.net",
    "infospace": "infospace.com search.infospace.com",
    "marginalia": "search.marginalia.nu marginalia-search.com",
    "samsung internet": "internet.apps.samsung.com",
    "ocean hero": "oceanhero.today",
    "zapmeta": "zapmeta.com zapmeta.{} zapmetasearch.com",
    "yippy": "yippy.com clusty.com",
    "": """sogou.com qwant.com mojeek.com mojeek.co.uk kagi.com dogpile.com metacrawler.com webcrawler.com
        gibiru.com virgilio.it ricerca.virgilio.it libero.it ricerca.libero.it arianna.libero.it tiscali.it
        search.tiscali.it daum.net nate.com zum.com eniro.se eniro.no eniro.dk eniro.fi kvasir.no sesam.no
        startsiden.no najdi.si walla.co.il search.walla.co.il search.sapo.pt sapo.pt pesquisa.sapo.pt sputnik.ru
        nigma.ru tut.by search.tut.by conduit.com search.conduit.com avast.com search.avast.com securesearch.org
        neeva.com lilo.org search.lilo.org coccoc.com stract.com mwmbl.org oscobo.com search.givewater.com
        exalead.com exalead.fr firmy.cz zoznam.sk azet.sk gigablast.com yacy.net peekier.com wiby.me yep.com
        search.ch local.ch search.bluewin.ch fireball.de fireball.com abacho.de acoon.de witch.de suchnase.de
        unbubble.eu good-search.org ekoru.org tusk.org search.tusk.org everyclick.com goodsearch.com
        searchencrypt.com infinitysearch.co entireweb.com exactseek.com alexa.com looksmart.com mamma.com
        polymeta.com search.com search.us.com searchalot.com surfcanyon.com blekko.com cuil.com
        monstercrawler.com izito.com ilse.nl zoeken.nl vinden.nl startpagina.nl jubii.dk in.gr find.in.gr
        pathfinder.gr rediff.com guruji.com khoj.com search.sify.com mynet.com arama.mynet.com timway.com
        pchome.com.tw yam.com sina.com.cn search.sina.com.cn zhongsou.com iask.sina.com.cn 163.com jike.com
        panguso.com gougou.com search.163.com ananzi.co.za yasni.de yasni.com 123people.com wolframalpha.com
        base-search.net search.disconnect.me mywebsearch.com search.mywebsearch.com delta-search.com
        search.funmoods.com search.sweetim.com trovi.com snap.do qvo6.com search.iminent.com""",
}

TERMS = {
    "google": "q as_q",
    "yahoo": "p va q",
    "yandex": "text",
    "baidu": "wd word kw",
    "naver": "query",
    "sogou": "query keyword",
    "startpage": "query q",
    "swisscows": "query",
    "metager": "eingabe",
    "lycos": "q query",
    "onet": "qt q",
    "virgilio": "qs",
    "libero": "query qs",
    "alice": "qs",
    "orange": "kw q",
    "rakuten": "qt",
    "goo": "mt q",
    "auone": "q sr",
    "toutiao": "keyword",
    "petal": "query",
    "aol": "q query",
    "rambler": "query",
    "excite": "q qkw",
    "comcast": "q qry",
    "t-online": "q query",
    "tut": "query q",
    "kvasir": "q searchword",
    "wolframalpha": "i",
    "marginalia": "query",
}
"""The parameter with what was searched for, of engines that do not call it `q`."""

PREFIXES = """www m mobile wap web search isearch images image video videos r cse encrypted amp lite html safe
    start ntp int results go"""
"""Below a search engine's host only these, countries and languages are the search itself; `docs.` is another place."""
