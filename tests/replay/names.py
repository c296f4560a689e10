"""Plausible invented names for the anonymous clients of the sample data.

Every name follows from the client's reference alone, so each load gives the same people.
"""

import random

_SURNAMES_ZH = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
)
_GIVEN_ZH = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 桂英 秀兰 建华 建国 志强 "
    "海燕 晓东 雪梅 文博 子轩 欣怡 宇航 思远 嘉怡 浩然 梦琪 俊杰 雅婷 国栋 春梅"
).split()
_SURNAMES = (
    "Novák Svoboda Dvořák Černý Procházka Kučera Veselý Horák Němec Marek Pospíšil Hájek "
    "Jelínek Král Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Krejčí Navrátil Čermák "
    "Vaněk Urban Blažek Kříž Kovář Kratochvíl Smith Weber Rossi Moreau Larsen Nowak"
).split()
_GIVEN = (
    "Jan Petr Jiří Pavel Martin Tomáš Josef Jaroslav Miroslav Zdeněk Václav Michal Karel "
    "Jakub Lukáš David Ondřej Marek Filip Vojtěch Anna Eva Hana Lenka Kateřina Lucie Věra "
    "Alena Petra Jana Veronika Martina Tereza Zuzana Monika Ivana Emma Clara Julia Nina"
).split()
_CITIES_ZH = (
    "上海 北京 深圳 广州 杭州 南京 成都 武汉 西安 苏州 天津 重庆 青岛 厦门 宁波".split()
)
_BRANDS_ZH = (
    "华信 恒达 瑞丰 中联 金泰 鼎盛 同创 远景 博雅 盛和 汇通 天成 德隆 新元 嘉禾".split()
)
_TRADES_ZH = "期货经纪 投资咨询 贸易 资产管理 金属材料 农产品".split()
_TRADES = "Trading Brokers Commodities Capital Partners Invest".split()

#: Share of each client type: (type, upper bound of the draw).
_TYPES = (("end", 0.86), ("franchisee", 0.95), ("agent", 1.0))


def client_type(ref):
    """Return ``end``, ``franchisee`` or ``agent`` for the client ``ref``."""
    draw = random.Random("type " + ref).random()
    return next(kind for kind, bound in _TYPES if draw < bound)


def person(ref):
    """Return an invented person's name for ``ref``, Chinese for three out of five.

    >>> person("PKDD-00012") == person("PKDD-00012")
    True
    """
    pick = random.Random("person " + ref)
    if pick.random() < 0.6:
        return pick.choice(_SURNAMES_ZH) + pick.choice(_GIVEN_ZH)
    return f"{pick.choice(_GIVEN)} {pick.choice(_SURNAMES)}"


def company(ref):
    """Return an invented company's name for ``ref``."""
    pick = random.Random("company " + ref)
    if pick.random() < 0.6:
        parts = (_CITIES_ZH, _BRANDS_ZH, _TRADES_ZH)
        return "".join(pick.choice(part) for part in parts) + "有限公司"
    return f"{pick.choice(_SURNAMES)} {pick.choice(_TRADES)} s.r.o."


def in_words_of(name, item):
    """Return what a client of that name calls a service item, in Chinese if the name is."""
    chinese = name >= "一" and any(
        code == "zh_CN" for code, _label in item.env["res.lang"].get_installed()
    )
    return (item.with_context(lang="zh_CN") if chinese else item).name


def client(ref):
    """Return the values of a partner who is the client ``ref``."""
    kind = client_type(ref)
    return {
        "name": person(ref) if kind == "end" else company(ref),
        "is_company": kind != "end",
        "client_type": kind,
        "client_number": ref,
    }
