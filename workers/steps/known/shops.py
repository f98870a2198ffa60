"""Marketplaces, shops and price comparison."""

SHOPS = {
    "amazon": "amazon.com amazon.{} amzn.to amzn.eu amzn.asia a.co amazon-adsystem.com",
    "ebay": "ebay.com ebay.{} ebay.us",
    "aliexpress": "aliexpress.com aliexpress.us aliexpress.ru s.click.aliexpress.com",
    "alibaba": "alibaba.com 1688.com",
    "jd": "jd.com jd.hk joybuy.com",
    "pinduoduo": "pinduoduo.com yangkeduo.com",
    "shopee": "shopee.com shopee.{}",
    "lazada": "lazada.com lazada.{}",
    "rakuten ichiba": "rakuten.com rakuten.co.jp",
    "mercadolibre": "mercadolibre.com mercadolibre.{} mercadolivre.com.br",
    "google shopping": "shopping.google.com google.com/shopping google.{}/shopping",
    "yahoo shopping": "shopping.yahoo.com shopping.yahoo.{} paypaymall.yahoo.co.jp auctions.yahoo.co.jp",
    "naver shopping": "shopping.naver.com smartstore.naver.com brand.naver.com",
    "microsoft shopping": "bing.com/shop",
    "shopify": "shop.app shopify.com",
    "best buy": "bestbuy.com bestbuy.ca",
    "home depot": "homedepot.com homedepot.ca",
    "pricespy": "pricespy.co.uk pricespy.com prisjakt.nu prisjakt.no",
    "kleinanzeigen": "kleinanzeigen.de ebay-kleinanzeigen.de",
    "2dehands": "2dehands.be 2ememain.be",
    "allegro": "allegro.pl allegrolokalnie.pl allegro.cz",
    "zalando": "zalando.com zalando.{} zalando-lounge.com",
    "yandex market": "market.yandex.ru market.yandex.com",
    "": """etsy.com walmart.com walmart.ca walmart.com.mx target.com taobao.com tmall.com temu.com shein.com
        shein.co.uk mercari.com flipkart.com otto.de idealo.de idealo.{} geizhals.de geizhals.at geizhals.eu
        check24.de billiger.de guenstiger.de preisvergleich.de shopping.com shopping.net shopzilla.com
        shopzilla.{} pricegrabber.com bizrate.com nextag.com pronto.com become.com kelkoo.com kelkoo.{}
        pricerunner.com pricerunner.{} twenga.com twenga.{} cdiscount.com fnac.com darty.com leboncoin.fr
        leguide.com rueducommerce.fr vinted.com vinted.{} bol.com coolblue.nl coolblue.be marktplaats.nl
        beslist.nl wayfair.com wayfair.{} overstock.com newegg.com costco.com costco.{} ikea.com lowes.com
        macys.com kohls.com nordstrom.com wish.com banggood.com gearbest.com dhgate.com lightinthebox.com
        depop.com poshmark.com stockx.com farfetch.com asos.com argos.co.uk johnlewis.com onbuy.com fruugo.com
        fruugo.{} manomano.fr manomano.{} ozon.ru wildberries.ru avito.ru youla.ru price.ru sbermegamarket.ru
        megamarket.ru rozetka.com.ua prom.ua hotline.ua olx.pl olx.{} kaspi.kz coupang.com gmarket.co.kr
        11st.co.kr auction.co.kr ssg.com danawa.com kakaku.com zozo.jp zozotown.com trendyol.com hepsiburada.com
        n11.com gittigidiyor.com akakce.com cimri.com noon.com namshi.com jumia.com jumia.{} takealot.com
        konga.com emag.ro emag.hu emag.bg compari.ro arukereso.hu skroutz.gr bestprice.gr heureka.cz heureka.sk
        alza.cz alza.sk glami.cz glami.{} ceneo.pl empik.com gumtree.com gumtree.com.au craigslist.org
        trovaprezzi.it subito.it wallapop.com milanuncios.com elcorteingles.es magazineluiza.com.br magalu.com
        americanas.com.br casasbahia.com.br buscape.com.br zoom.com.br enjoei.com.br falabella.com falabella.{}
        linio.com tokopedia.com bukalapak.com blibli.com tiki.vn sendo.vn myntra.com ajio.com snapdeal.com
        meesho.com nykaa.com indiamart.com daraz.pk daraz.{} digikala.com torob.com carousell.com carousell.sg
        momoshop.com.tw ruten.com.tw dangdang.com suning.com vip.com smzdm.com dealabs.com mydealz.de
        slickdeals.net hotukdeals.com pepper.pl pepper.com kimovil.com tradera.com blocket.se finn.no dba.dk
        tori.fi ricardo.ch digitec.ch galaxus.ch galaxus.{} toppreise.ch willhaben.at prisguiden.no hinta.fi
        simplycodes.com trademe.co.nz kogan.com catch.com.au""",
}

ELSEWHERE = {
    "aws": "aws.amazon.com console.aws.amazon.com",
    "developer.amazon.com": "developer.amazon.com",
    "advertising.amazon.com": "advertising.amazon.com",
    "sellercentral.amazon.com": "sellercentral.amazon.com",
    "music.amazon.com": "music.amazon.com",
    "google maps": "maps.google.com maps.google.{} google.com/maps google.{}/maps maps.app.goo.gl",
}
"""Below a known host, but something else: plain referrals."""
