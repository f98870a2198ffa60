"""Social networks, forums, messengers, readers and places of reviews."""

SOCIAL = {
    "facebook": "facebook.com fb.com fb.me fb.watch fbsbx.com",
    "messenger": "messenger.com m.me",
    "instagram": "instagram.com instagr.am ig.me",
    "threads": "threads.net threads.com",
    "twitter": "twitter.com x.com t.co tweetdeck.com",
    "linkedin": "linkedin.com lnkd.in",
    "pinterest": "pinterest.com pinterest.{} pinterest.info pin.it",
    "reddit": "reddit.com redd.it reddit.app.link",
    "tiktok": "tiktok.com tiktokv.com",
    "snapchat": "snapchat.com snap.com",
    "whatsapp": "whatsapp.com whatsapp.net wa.me wl.co",
    "telegram": "telegram.org telegram.me t.me telegram.dog",
    "discord": "discord.com discord.gg discordapp.com",
    "slack": "slack.com slack-redir.net",
    "teams": "teams.microsoft.com teams.live.com teams.cloud.microsoft statics.teams.cdn.office.net",
    "yammer": "yammer.com engage.cloud.microsoft",
    "google+": "plus.google.com plus.url.google.com url.google.com",
    "google groups": "groups.google.com googlegroups.com",
    "google sites": "sites.google.com",
    "google chat": "chat.google.com messages.google.com hangouts.google.com",
    "blogger": "=blogger.com =draft.blogger.com =blogspot.com",
    "wordpress": "=wordpress.com =wordpress.org",
    "mastodon": """mas.to masto.ai fosstodon.org hachyderm.io infosec.exchange chaos.social joinmastodon.org
        mamot.fr pawoo.net c.im universeodon.com techhub.social ohai.social indieweb.social sfba.social
        botsin.space social.vivaldi.net social.tchncs.de norden.social troet.cafe det.social toot.community""",
    "lemmy": "join-lemmy.org sh.itjust.works beehaw.org feddit.de feddit.org lemm.ee",
    "misskey": "misskey.io",
    "bluesky": "bsky.app bsky.social skyfeed.app go.bsky.app",
    "hacker news": "news.ycombinator.com hckrnews.com hn.algolia.com",
    "lobsters": "lobste.rs",
    "stumbleupon": "stumbleupon.com mix.com",
    "delicious": "del.icio.us delicious.com",
    "hootsuite": "hootsuite.com ow.ly",
    "pocket": "getpocket.com pocket.co",
    "flipboard": "flipboard.com flip.it",
    "linktree": "linktr.ee",
    "dev.to": "dev.to",
    "hashnode": "hashnode.com hashnode.dev",
    "product hunt": "producthunt.com",
    "indie hackers": "indiehackers.com",
    "truth social": "truthsocial.com",
    "vkontakte": "vk.com vk.ru vk.cc vk.me vkontakte.ru",
    "odnoklassniki": "ok.ru odnoklassniki.ru odnoklassniki.ua",
    "moi mir": "my.mail.ru",
    "weibo": "weibo.com weibo.cn t.cn",
    "wechat": "wechat.com weixin.qq.com mp.weixin.qq.com weixin110.qq.com servicewechat.com wx.qq.com wx2.qq.com",
    "qq": "qzone.qq.com im.qq.com c.pc.qq.com qun.qq.com t.qq.com pd.qq.com",
    "tencent": "tencent.com",
    "xiaohongshu": "xiaohongshu.com xhslink.com rednote.com",
    "tieba": "tieba.baidu.com",
    "kakao": "kakao.com kakaocorp.com",
    "line": "line.me lin.ee lineblog.me",
    "naver": "cafe.naver.com blog.naver.com kin.naver.com post.naver.com band.us",
    "daum": "cafe.daum.net blog.daum.net",
    "yahoo answers": "answers.yahoo.com chiebukuro.yahoo.co.jp",
    "yahoo groups": "groups.yahoo.com messages.yahoo.co.jp bookmarks.yahoo.com bookmarks.yahoo.co.jp pulse.yahoo.com",
    "yahoo blog": "blog.yahoo.co.jp",
    "goo blog": "blog.goo.ne.jp oshiete.goo.ne.jp",
    "ameba": "ameblo.jp ameba.jp",
    "hatena": "hatena.ne.jp hatenablog.com hatenablog.jp hatenadiary.org",
    "note": "note.com note.mu",
    "2ch": "2ch.net 2ch.sc 5ch.net open2ch.net",
    "bit.ly": "bit.ly bitly.com j.mp",
    "skype": "web.skype.com skype.com",
    "signal": "signal.me signal.org signal.group",
    "live spaces": "spaces.live.com",
    "aol answers": "aolanswers.com lifestream.aol.com",
    "steam": "steamcommunity.com",
    "fandom": "fandom.com wikia.com",
    "studivz": "studivz.net meinvz.net schuelervz.net",
    "copains d'avant": "copainsdavant.linternaute.com",
    "homeadvisor": "pro.homeadvisor.com",
    "ibm video": "video.ibm.com",
    "nasza klasa": "nk.pl",
    "taringa": "taringa.net",
    "last.fm": "last.fm lastfm.{}",
    "tumblr": "tumblr.com umblr.com",
    "livejournal": "livejournal.com livejournal.ru",
    "yelp": "yelp.com yelp.{}",
    "tripadvisor": "tripadvisor.com tripadvisor.{}",
    "glassdoor": "glassdoor.com glassdoor.{}",
    "trustpilot": "trustpilot.com trustpilot.{}",
    "nextdoor": "nextdoor.com nextdoor.{}",
    "github": "github.com",
    "gitlab": "gitlab.com",
    "answers": "wiki.answers.com answers.com",
    "": """quora.com stackoverflow.com stackexchange.com superuser.com serverfault.com askubuntu.com
        stackapps.com mathoverflow.net medium.com substack.com zhihu.com douban.com csdn.net juejin.cn
        jianshu.com tianya.cn renren.com kaixin001.com xing.com meetup.com flickr.com flic.kr deviantart.com
        behance.net dribbble.com goodreads.com myspace.com digg.com slashdot.org fark.com instapaper.com
        feedly.com inoreader.com newsblur.com netvibes.com imgur.com 9gag.com gab.com gab.ai gettr.com
        parler.com minds.com mewe.com clubhouse.com joinclubhouse.com patreon.com ko-fi.com soundcloud.com
        foursquare.com mixi.jp wykop.pl tuenti.com skyrock.com buffer.com viber.com zalo.me xanga.com plurk.com
        disqus.com diigo.com pinboard.in scoop.it paper.li meneame.net ning.com tagged.com badoo.com tinder.com
        bumble.com okcupid.com hi5.com bebo.com friendster.com orkut.com netlog.com hyves.nl hyves.net twoo.com
        jappy.de jappy.com lokalisten.de wer-kennt-wen.de gutefrage.net wer-weiss-was.de draugiem.lv zoo.gr
        biip.no suomi24.fi irc-galleria.net partyflock.nl playahead.se lunarstorm.se viadeo.com trombi.com
        goldenline.pl skyblog.com canalblog.com over-blog.com overblog.com centerblog.net unblog.fr blogg.no
        blogg.se bloggang.com pantip.com exblog.jp fc2.com cocolog-nifty.com livedoor.com blog.livedoor.jp
        pixiv.net gree.jp mbga.jp yahoo-mbga.jp okwave.jp cyworld.com smartnews.com gree.net plaxo.com
        researchgate.net academia.edu mendeley.com slideshare.net scribd.com issuu.com speakerdeck.com
        couchsurfing.com couchsurfing.org internations.org interpals.net travellerspoint.com wikitravel.org
        wikihow.com wattpad.com archiveofourown.org fanfiction.net royalroad.com letterboxd.com myanimelist.net
        filmaffinity.com mubi.com crunchyroll.com reverbnation.com bandcamp.com mixcloud.com ravelry.com
        librarything.com anobii.com weread.com allrecipes.com epicurious.com houzz.com artstation.com 500px.com
        vsco.co photobucket.com imageshack.com imageshack.us fotki.com fotolog.com webshots.com strava.com
        untappd.com vivino.com hubpages.com feedspot.com bloglines.com bloglovin.com blogher.com techmeme.com
        dzone.com ancestry.com myheritage.com geni.com classmates.com mylife.com reunion.com caringbridge.org
        care.com care2.com cafemom.com allnurses.com dailystrength.org drugs-forum.com mouthshut.com menuism.com
        urbanspoon.com dianping.com g2.com capterra.com secondlife.com imvu.com habbo.com gaiaonline.com
        stardoll.com roblox.com kaneva.com nexopia.com blackplanet.com mocospace.com fubar.com myyearbook.com
        meetme.com buzznet.com buzzfeed.com sharethis.com addthis.com shareaholic.com addtoany.com sharechat.com
        ushareit.com goo.gl is.gd tinyurl.com awe.sm cbnt.io buff.ly dlvr.it ift.tt shor.by beacons.ai bio.link
        weebly.com typepad.com movabletype.com edublogs.org insanejournal.com dreamwidth.org blog.com blogs.com
        blogsome.com blogster.com opendiary.com identi.ca diaspora.com joindiaspora.com friendica.com
        pixelfed.social friendfeed.com ello.co vero.co caffeine.tv clapper.app lemon8-app.com bere.al bereal.com
        locals.com cohost.org spoutible.com post.news counter.social hive.social tribel.com likee.video koo.in
        kooapp.com fetlife.com babyblog.ru liveinternet.ru diary.ru pikabu.ru habr.com moikrug.ru d3.ru
        drive2.ru yaplakal.com fotostrana.ru mamba.ru babycenter.com whattoexpect.com mumsnet.com
        thestudentroom.co.uk resetera.com neogaf.com gamefaqs.com 4chan.org somethingawful.com metafilter.com
        boards.ie whirlpool.net.au lihkg.com dcard.tw ptt.cc mobile01.com hardwarezone.com.sg kaskus.co.id
        voz.vn tinhte.vn webtretho.com clien.net dcinside.com fmkorea.com ruliweb.com theqoo.net instiz.net
        inven.co.kr eksisozluk.com donanimhaber.com""",
}

GA4_ONLY = """43things.com 51.com activerain.com activeworlds.com airg.ca alumniclass.com americantowns.com
    answerbag.com asmallworld.com athlinks.com baby-gaga.com beforeitsnews.com bharatstudent.com biswap.org
    blackcareernetwork.com blip.fm blurtit.com brightkite.com brizzly.com camospace.com catster.com cellufun.com
    chegg.com chicagonow.com classquest.com cozycot.com cross.tv deluxe.com dogster.com dol2day.com doostang.com
    dopplr.com elftown.com everforo.com extole.com faceparty.com fanpop.com feministing.com folkdirect.com
    foodservice.com androidcentral.com imore.com webosnation.com wpcentral.com crackberry.com
    fruehstueckstreff.org gamerdna.com gather.com glassboard.com godtube.com goldstar.com govloop.com
    gowalla.com gulli.com hoverspot.com hr.com hubculture.com ibibo.com intherooms.com italki.com
    jammerdirect.com kaboodle.com listal.com listography.com meetin.org my.opera.com mymodernmet.com ngopost.org
    nightlifelink.com oneworldgroup.org onstartups.com pingsta.com posterous.com qapacity.com quechup.com
    redux.com rtl.de ryze.com salespider.com screenrant.com scvngr.com shvoong.com sociallife.com.br
    socialvibe.com spoke.com spruz.com ssense.com stickam.com sweeva.com taggedmail.com talkbiznow.com
    toolbox.com tudou.com ushi.cn vampirefreaks.com vampirerave.com vg.no wakoopa.com woot.com youroom.in
    zooppa.com"""
"""What GA4 counts as social and nobody else would, or what is long gone: there so that both reports say the same."""

NICKNAMES = {
    "fb": "facebook",
    "ig": "instagram",
    "insta": "instagram",
    "x": "twitter",
    "tw": "twitter",
    "yt": "youtube",
    "vk": "vkontakte",
    "wa": "whatsapp",
    "googleplus": "google+",
    "ddg": "duckduckgo",
    "openai": "chatgpt",
    "bard": "gemini",
    "hn": "hacker news",
}
"""What campaign tags call them besides."""
