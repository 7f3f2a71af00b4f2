"""Finding — 核验发现: everything that can be wrong with a package or a log, each said in both languages."""

from __future__ import annotations

from collections import Counter

from dangui.core.problem import Problem, words

MOST_OF_A_KIND = 100
"""Problems with one code that are listed singly; a hostile package could hold millions."""

SAYS = {
    "package.unreadable": ("不是密封案卷包,或已被截断、附加内容", "is no sealed package, or was cut off or added to"),
    "package.too_many_entries": ("文件数或目录长度超过上限", "has more files, or a longer directory, than is allowed"),
    "package.bad_name": ("文件名不是有效的 UTF-8", "the name is not UTF-8"),
    "package.bad_path": ("路径不允许:{why}", "such a path is not allowed: {why}"),
    "package.duplicate_name": ("文件名重复", "the name occurs twice"),
    "package.name_clash": ("与“{other}”在一些系统上无法区分", "can't be told from '{other}' on some systems"),
    "package.compressed": ("经过压缩;密封案卷包只存原样", "is compressed; a sealed package stores bytes as they are"),
    "package.flags": ("带有不允许的标志位 {flags}", "has flags that are not allowed: {flags}"),
    "package.not_canonical": ("容器写法不是规定的唯一写法", "the container is not written in the one form"),
    "package.headers_differ": ("文件前的头部与目录不一致", "the header before the file differs from the directory"),
    "package.gap": ("目录未覆盖包内全部字节", "there are bytes that the directory does not account for"),
    "package.no_seal": ("缺少封签文件", "a file of the seal is missing"),
    "package.missing_file": ("清单列明的文件不在包内", "is in the manifest and not in the package"),
    "package.extra_file": ("包内文件未列入清单", "is in the package and not in the manifest"),
    "package.order": ("文件顺序与清单不同", "the files are not in the order of the manifest"),
    "package.size_differs": ("长度与清单不符", "its length is not the one of the manifest"),
    "package.checksum_differs": ("校验和与清单不符", "its checksum is not the one of the manifest"),
    "package.file_altered": ("内容与封存时的摘要不符,已被改动", "its content is not what was sealed"),
    "package.file_changing": ("封存过程中长度改变", "its length changed while it was being sealed"),
    "json.too_long": ("超过 {most} 字节", "is longer than {most} bytes"),
    "json.unreadable": ("不是有效的 JSON", "is not JSON"),
    "json.duplicate_key": ("键“{key}”重复", "the key '{key}' occurs twice"),
    "json.not_canonical": ("不是 RFC 8785 的唯一写法", "is not in the one form of RFC 8785"),
    "json.wrong_fields": ("字段应当恰为:{fields}", "must have exactly these fields: {fields}"),
    "json.wrong_value": ("应当是{zh}", "must be {en}"),
    "seal.manifest_differs": ("清单与封签所列摘要不符", "is not the manifest that the seal names"),
    "seal.counts_differ": ("封签所列件数或字节数与清单不符", "the counts of the seal are not those of the manifest"),
    "seal.signatures_differ": ("签名与封签所列签署者不一致", "the signatures are not those of the signers it names"),
    "seal.wrong_signature": ("密钥 {key} 的签名无效", "the signature of key {key} does not hold"),
    "seal.unknown_key": ("没有任何签名出自所给的密钥", "no signature is by a key that was given"),
    "seal.wrong_algorithm": ("密钥 {key} 不属于所称算法", "key {key} is not of the algorithm it is said to be"),
    "seal.no_signer": ("至少需要一个签署者,且不得重复", "needs a signer, and each once"),
    "log.tile_damaged": ("日志文件与已签署的内容不符", "the file is not what was written or signed"),
    "log.wrong_checkpoint": ("检查点无法读取或签名无效", "can't be read, or its signature does not hold"),
    "log.entry_too_long": ("记录超过 65535 字节", "the entry is longer than 65,535 bytes"),
    "findings.more": ("另有 {count} 处同类问题未逐一列出", "{count} more of this kind are not listed"),
}
"""Code → what is said. Every code has a test that brings it about."""


def problem(code: str, place: str, **values: object) -> Problem:
    """The problem with that code at that place."""
    zh, en = SAYS[code]
    return Problem(code, place, words(zh.format(**values), en.format(**values)))


class Findings:
    """Problems as they are found; of each kind the first hundred, and how many there were — 问题清单."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._count: Counter[str] = Counter()

    def add(self, code: str, place: str, **values: object) -> None:
        """One more problem."""
        self._count[code] += 1
        if self._count[code] <= MOST_OF_A_KIND:
            self._found.append(problem(code, place, **values))

    def __len__(self) -> int:
        return self._count.total()

    def listed(self) -> tuple[Problem, ...]:
        """All, in the order found; then what was not listed singly."""
        more = [
            problem("findings.more", code, count=count - MOST_OF_A_KIND)
            for code, count in self._count.items()
            if count > MOST_OF_A_KIND
        ]
        return (*self._found, *more)
