import time

import pytest

from workers.steps.device_classes import RARE, SYSTEMS, classify, model_of

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "model"),
    [
        (f"Mozilla/5.0 (Linux; Android 13; SM-S911B) {KHTML}", "SM-S911B"),
        (f"Mozilla/5.0 (Linux; U; Android 4.0.4; en-gb; GT-I9100 Build/IMM76D) {KHTML}", "GT-I9100"),
        (f"Mozilla/5.0 (Linux; Android 10; HarmonyOS; MRR-W39; HMSCore 6.1.0.314) {KHTML}", "MRR-W39"),
        (f"Mozilla/5.0 Linux; Android 5.1; BQ-7022G {KHTML}", "BQ-7022G"),
        ("Dalvik/2.1.0 (Linux; U; Android 9; AFTS Build/PS7233)", "AFTS"),
        ("UCWEB/2.0 (MIDP-2.0; U; Adr 4.1.2; ru; Tab_8 3G) U2/1.0.0 UCBrowser/8.8", "Tab 8 3G"),
        (f"Mozilla/5.0 (Linux; Android 13) {KHTML}", ""),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KHTML}", ""),
        ("", ""),
    ],
)
def test_a_model_is_what_android_calls_the_device(user_agent: str, model: str) -> None:
    assert model_of(user_agent) == model


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("Unheard-of 43U7700", "tv"),
        ("XY-LED32A100", "tv"),
        ("Some Smart TV 4K", "tv"),
        ("Fabulous Box", "tv"),
        ("Nowhere Tab 9", "tablet"),
        ("WonderPad", "tablet"),
        ("ABC2-W19", "tablet"),
        ("Unknown 10.1", "tablet"),
        ("ClockWatch 3", "wearable"),
        ("QUAD-CORE T9", "car"),
        ("ThinkPad X", "desktop"),
        ("Coolpad 3600", "phone"),
        ("SM-A556B", "phone"),
        ("Unheard-of 7", "phone"),
    ],
)
def test_models_that_nobody_has_listed_are_known_by_the_form_of_their_names(model: str, expected: str) -> None:
    assert classify(f"Mozilla/5.0 (Linux; Android 11; {model}) {KHTML} Mobile Safari/537.36") == expected


@pytest.mark.parametrize(
    ("build", "expected"), [("QTG3.200617.002", "tv"), ("RWDA.211203.001", "wearable"), ("QP1A.190711.020", "phone")]
)
def test_the_branch_of_androids_build_tells_televisions_and_watches(build: str, expected: str) -> None:
    assert classify(f"Mozilla/5.0 (Linux; Android 11; Any Build/{build}; wv) {KHTML} Mobile Safari/537.36") == expected


def test_a_name_of_an_app_makes_no_watch_of_a_phone() -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (AirWatch Browser v23.1)"
    assert classify(phone) == "phone"


@pytest.mark.parametrize("unit", ["android; ", "tv-", "android 1;a", "(x11; gnu/linux)", "macintosh ", "tizen", "a_"])
def test_time_is_linear_in_the_length_of_the_user_agent(unit: str) -> None:
    classify(unit * 100)
    started = time.process_time()
    classify((unit * 5000)[:20_000])
    assert time.process_time() - started < 0.05


def test_classes_are_those_of_the_contract() -> None:
    contract = {"desktop", "phone", "tablet", "tv", "console", "wearable", "car", "other"}
    assert {name for rows in (RARE, SYSTEMS) for name, _, _ in rows} <= contract
