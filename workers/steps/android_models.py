"""Which class of device Android runs on, by its maker's way to name models: series, not one by one.

A tablet or a television may call itself mobile, and most apps' user agents leave out what would tell it.
"""

_INCHES = "(?:2[48]|32|39|4[0-35-9]|5[058]|6[05]|7[057]|8[2356]|98)"
"""Diagonals that televisions have."""

MODELS: tuple[tuple[str, str, str], ...] = (
    ("phone", "names that would sound like others below", r" dtv$|coolpad|padfone|turbox"),
    ("tablet", "the same", r"^bn(?:tv|rv)|[a-z]tab[ -]?(?:[0-9]|$)|\btablet|media ?pad|\bmid[- ]?[0-9]{2,4}"),
    # Televisions
    ("tv", "43U600KD, H32F8000", rf"^(?:[a-z0-9]{{1,10}}[- ])*[a-z]{{0,3}}{_INCHES}[b-z][- ]?[0-9]{{2,4}}"),
    ("tv", "43LEX-7, TD32HFBHV1", rf"^(?:[a-z0-9]{{1,10}}[- ])*[a-z]{{0,3}}{_INCHES}[a-z]{{2,6}}[- ]?[0-9]"),
    ("tv", "LED43, 40FHD", rf"led[- ]?{_INCHES}|{_INCHES}[- ]?[a-z]{{0,3}}(?:led|inch|uhd|fhd)"),
    ("tv", "resolutions", r"(?:^|[- ])(?:as)?[48]k(?:$|[- ])|\buhd\b"),
    ("tv", "TV", r"(?:^|[- a-z])tv(?:$|[- ]|[0-9]{2}[a-z])|[a-z]tv$|\btv|smart ?tv|\bi?ptv|\bott\b"),
    ("tv", "words for it", r"[a-z]box(?:$|[- ])|\bbox\b|^box|\bstick\b|dongle|media ?player|projector|streamer"),
    ("tv", "words for it", r"\bshell\b"),
    ("tv", "boxes", r"^(?:x96|x88|x92|t95|h96|a95x|tx[3-9]|mxq|mx10|hk1|z28|i96|m8s\b)|\bs95|\bkm[5-9]\b|\bkiii?\b"),
    ("tv", "makers of boxes", r"tanix|ugoos|beelink|mecool|zidoo|vontar|transpeed|formuler|minix|\bneo-?[xuz][0-9]"),
    ("tv", "makers of boxes", r"gt-?king"),
    ("tv", "makers of boxes", r"vorke|alfawise|xgody|tronsmart|himedia|dreamlink|\bmk8[0-9]{2}|\bmag ?[0-9]{3}"),
    ("tv", "makers of boxes", r"nexus player"),
    ("tv", "makers of boxes", r"magicsee|nexbox|wetek|egreat|rombica|iconbit|ozone ?hd|selenga|humax|sagemcom"),
    ("tv", "makers of boxes", r"technicolor"),
    ("tv", "their chips", r"\brk3[0-9]{3}|amlogic"),
    # Head units, and what makers of cars build in
    ("car", "boards", r"^(?:quad|octa|hexa)-core|8227l|\bk2[0-9]{3}m?\b|\bk2001|\bums512|\byt[0-9]{4}|^ac82[0-9]{2}"),
    ("car", "boards", r"^sp98[0-9]{2}|[0-9]h10|\bpx[356]\b|\buis[0-9]{4}|^ts1[08]\b|topway"),
    ("car", "words for it", r"head ?unit|\bcar\b|\bauto\b|rear seat|\bivi\b|\baaos\b|dilink|^gminfo|uconnect"),
    ("car", "makers of cars", r"\b(?:volvo|polestar|renault|porsche|bmw|audi|mercedes|rivian|lucid|byd|nissan)\b"),
    ("car", "makers of cars", r"\b(?:toyota|lexus|mazda|subaru|volkswagen|skoda|ford|chevrolet|cadillac)\b"),
    ("car", "makers of cars", r"\b(?:honda|geely|haval|chery|changan|xpeng|zeekr|nio)\b|tesla (?:model|cybertruck)"),
    ("car", "makers of head units", r"\b(?:teyes|atoto|joying|dasaita|xtrons|erisin|eonon|seicane|harman)\b"),
    ("car", "makers of head units", r"\bmpc-[0-9]"),
    ("car", "makers of head units", r"\b(?:kenwood|clarion|alpine|junsun|ownice|isudar|mekede|incar|farcar)\b"),
    ("car", "makers of head units", r"\bsda-[0-9]+tab"),
    # Things to play with and to wear
    ("console", "handhelds", r"shield(?: portable)?$|\brg(?:[34][0-9]{2}|50[1-9]|55[0-9]|cube)|gpd|gamepad|odin2?\b"),
    ("console", "handhelds", r"ayaneo"),
    ("console", "handhelds", r"logitech g|switch (?:lite|oled)|\bjxd[- ]"),
    ("wearable", "watches and glasses", r"watch|^thor (?:[0-9]|pro)|^leo-|^ow[0-9]{2}w|^lem[0-9]|\bglass|kidphone"),
    ("wearable", "makers of watches", r"zeblaze|kospet|lemfo|ticwris|rogbid|appllp|finow|\bdm(?:98|100|101)\b"),
    ("wearable", "makers of watches", r"moto 360"),
    ("wearable", "headsets", r"^vr-?[0-9]|xreal|nreal|rokid|mirage solo"),
    ("other", "cameras and displays", r"^ek-g|galaxy camera|coolpix|^xdh-|smart ?display|nest ?hub"),
    ("other", "boards on walls", r"^ifp[0-9]|^[0-9]{2}bdl[0-9]|activpanel|smart ?board|whiteboard|clevertouch|signage"),
    ("other", "boards on walls", r"kiosk"),
    # Computers that run Android
    ("desktop", "notebooks", r"inspiron|vostro|latitude|\baspire|travelmate|elitebook|probook|pavilion|thinkpad"),
    ("desktop", "notebooks", r"satellite|lifebook|easynote|vivobook|zenbook|\baio\b|^nuc[0-9]"),
    # Tablets
    ("tablet", "words for it", r"(?:^|[^a-z]|[a-z])tab(?:$|[^a-z])|pad(?:$|[^a-z])|slate|[0-9] ?inch|^readboy"),
    ("tablet", "their sizes", r"[a-z] (?:7\.[085]|8\.[09]|9\.[67]|10\.1)\b|archos ?(?:[789]|10)[0-9]"),
    ("tablet", "Samsung", r"\bsm-[txp][0-9]{3}|\bgt-p[0-9]{4}|\bgt-n(?:51|80)[0-9]{2}|\bn51[0-9]0\b"),
    ("tablet", "Google, Motorola", r"^nexus (?:7|9|10)\b|pixel (?:c|tablet)|xoom|\bmz[56][0-9]{2}"),
    ("tablet", "Lenovo", r"\btb-?[0-9a-z]*[0-9]{3}[a-z]{1,2}\b|lenovo (?:a[35-9][0-9]00|yt|s6000|b[68]000)|^yt[0-9]?-"),
    ("tablet", "Lenovo", r"yoga"),
    ("tablet", "Acer, Asus, Sony, HTC", r"^[ab][1-3]-[78a][0-9]{2}|iconia|\bme[13][0-9]{2}|transformer|\bsgp[0-9]{3}"),
    ("tablet", "Acer, Asus, Sony, HTC", r"flyer"),
    ("tablet", "Huawei and Honor without a telephone", r"-w(?:[0-9]{2}|9)(?:$|[^0-9])"),
    ("tablet", "and with one", r"^(?:ags|agr|bah|bgo|bg|bt[kv]|bz[a-z]|cmr|db[ry]|eln|got|hey|jdn|jms|kobe?)[0-9]?-"),
    ("tablet", "and with one", r"^(?:mr[rx]|scm|sht|tgr|vrd|wgr)[0-9]?-"),
    ("tablet", "LG, Alcatel", r"^lg-?v[0-9]{3}|^vk[78]10|^(?:80[6-9]|90[1-3]|91[36])[0-9][a-z]"),
    ("tablet", "Oppo, vivo, Nokia, Infinix, Tecno", r"^opd[0-9]{4}|^i?pa2[0-9]{3}$|nokia t[0-9]{2}|infinix x1[01]"),
    ("tablet", "Oppo, vivo, Nokia, Infinix, Tecno", r"tecno (?:p7|t1|7c)"),
    ("tablet", "Prestigio, Digma, BQ, Nomi", r"^pm(?:t|id)[0-9]|[cpt]s[1789][0-9]{3}[mpr][glw]"),
    ("tablet", "Prestigio, Digma, BQ, Nomi", r"^bq(?:ru)?-(?:[789]|10)[0-9]{2}"),
    ("tablet", "Nomi, RCA, Irbis, Alldocube", r"nomi c(?:07|08|10)|^rct[0-9]|^t[dz]t?[0-9]{2,4}|iplay|^tpc|[0-9]tpc"),
    ("tablet", "Nomi, RCA, Irbis, Alldocube", r"^m-mp"),
    ("tablet", "M7-3G, T10 4G", r"^[a-z]{1,2}(?:7|8|9|10)[a-z0-9]{0,4}(?:[- ](?:3g|4g|lte|wifi|row))+$|^ht-?70"),
    ("tablet", "Verizon and others", r"^q[mt]a?v?[a-z][0-9]"),
    ("tablet", "P20HD", r"^[pmt](?:10|2[05-9]|[34568][05]|9[0-9])(?:[sthk]|hd|air|plus|pro)*(?: [a-z]+)?$"),
    ("tablet", "rugged ones", r"^[ro]t[0-9]{1,2}\b"),
    # Phones that do not say Mobile
    ("phone", "Samsung, Google", r"\bsm-[agjnmsfecw][0-9]{3}|\bgt-[isbn][0-9]{4}|\bsgh-|\bpixel [2-9]"),
    ("phone", "Samsung, Google", r"^nexus (?:[4-6s]|one)"),
    ("phone", "Xiaomi, Oppo, Realme, vivo", r"^redmi|^poco|^m?2[0-9]{3}[a-z0-9]{4,6}c$"),
    ("phone", "Xiaomi, Oppo, Realme, vivo", r"^(?:cph|rmx|v[12]|pd|pe)[0-9a-z]{4}"),
    ("phone", "Huawei, Motorola, others", r"-[alt][xln][0-9]{1,2}[a-z]?$|^xt[0-9]{4}|^moto|^oneplus|^htc|^asus [tzx]0"),
)  # fmt: skip
"""Class, what it is, and a pattern (RE2, case-blind) of the model's name, with spaces for underscores.
The first row that matches decides."""
