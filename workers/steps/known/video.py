"""Video platforms."""

VIDEO = {
    "youtube": "youtube.com youtu.be youtube-nocookie.com youtube.{}",
    "dailymotion": "dailymotion.com dai.ly",
    "twitch": "twitch.tv",
    "disneyplus": "disneyplus.com",
    "prime video": "primevideo.com",
    "bilibili": "bilibili.com bilibili.tv b23.tv",
    "niconico": "nicovideo.jp nico.ms",
    "iqiyi": "iqiyi.com iq.com",
    "tencent video": "v.qq.com wetv.vip",
    "vk video": "vkvideo.ru",
    "peertube": "joinpeertube.org framatube.org",
    "wistia": "wistia.com wistia.net",
    "viadeo": "viadeo.journaldunet.com",
    "chzzk": "chzzk.naver.com",
    "": """vimeo.com netflix.com hulu.com youku.com douyin.com kuaishou.com kwai.com rutube.ru rumble.com
        odysee.com bitchute.com kick.com ted.com veoh.com metacafe.com crackle.com curiositystream.com d.tube
        justin.tv utreon.com vidyard.com loom.com brightcove.com floatplane.com nebula.tv tubi.tv tubitv.com
        pluto.tv hbomax.com max.com peacocktv.com paramountplus.com tver.jp abema.tv trovo.live afreecatv.com
        sooplive.co.kr huya.com douyu.com mgtv.com nimo.tv dlive.tv triller.co bigo.tv arte.tv coub.com
        streamable.com viki.com wavve.com tving.com hotstar.com zee5.com sonyliv.com viu.com mxplayer.in""",
}
