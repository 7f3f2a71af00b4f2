"""Main — 入口: the commands of ``dangui``; a mistake is answered by a sentence, never a traceback."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from dangui.cli import says
from dangui.cli.says import Trouble

Run = Callable[[argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    """All commands. The module of a command is imported only when it runs, so that each starts at once."""
    top = argparse.ArgumentParser(
        prog="dangui", description="单轨 — 一案一卷,一轨到底 / one case, one dossier, one track"
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _node(commands)
    _packs(commands)
    _people(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        module, _, function = str(options.run).partition(":")
        run: Run = getattr(import_module(f"dangui.cli.{module}"), function)
        return run(options)
    except KeyboardInterrupt:
        return says.STOPPED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; nothing is left to say
        return says.OK
    except Trouble as trouble:
        says.complain(trouble.zh, trouble.en)
        return trouble.code
    except Exception as error:
        return _explained(error)


def _explained(error: Exception) -> int:
    """What is known to go wrong, in a sentence; anything else is a fault of ours and keeps its traceback."""
    from dangui.app import BadPacks
    from dangui.core.ports import Unavailable
    from dangui.core.problem import Refusal
    from dangui.statutes import BadStatutes
    from dangui.store.keys import WrongSecret

    match error:
        case BadPacks() | BadStatutes():
            says.complain(
                "流程包有问题,请执行 dangui check 查看全部", "the packs have problems; `dangui check` shows all of them"
            )
        case Unavailable():
            says.complain(f"数据库或文件库无法使用:{error}", f"the database or the blob store can't be used: {error}")
            return says.UNAVAILABLE
        case WrongSecret():
            says.complain("个人信息无法解密:节点密钥不符", f"the node's secret is another one: {error}")
        case Refusal():
            says.problems(error.reasons)
        case OSError():
            says.complain(f"文件无法访问:{error}", f"a file can't be used: {error}")
        case _:
            raise error
    return says.FOUND


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: str, zh: str, en: str
) -> argparse.ArgumentParser:
    found = commands.add_parser(name, help=f"{zh} / {en}", description=f"{zh} / {en}")
    found.set_defaults(run=run)
    return found


def _node(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Commands on a node."""
    for name, zh, en in (
        ("serve", "启动节点", "serve the desk and the API"),
        ("demo", "演示", "play the demo story, then serve it"),
    ):
        command = _add(commands, name, f"{name}:{name}", zh, en)
        command.add_argument("--listen", default="", metavar="HOST:PORT")
        command.add_argument(
            "--workers", type=int, default=0, metavar="N", help="进程数 / processes; 0 = one per processor, at most 4"
        )
        if name == "demo":
            command.add_argument(
                "--fresh", action="store_true", help="重新演示 / forget what was played and begin anew"
            )
            command.add_argument("--no-serve", action="store_true", help="只演示 / play only")
    _add(commands, "migrate", "care:migrate", "升级数据库", "bring the database to this version")
    _verify(commands)
    _add(commands, "rebuild", "care:rebuild", "重建全部投影", "make every list anew from the ledgers")
    _add(commands, "catch-up", "care:catch_up", "补建落后的投影", "make the lists that are behind their ledgers")
    _add(commands, "backup", "care:backup", "备份", "copy database, files and secret").add_argument(
        "folder", type=Path, metavar="DIR"
    )
    command = _add(commands, "restore", "care:restore", "恢复", "bring a backup back and verify it")
    command.add_argument("folder", type=Path, metavar="DIR")
    command.add_argument("--digest", default="", help="备份时给出的摘要 / the digest that the backup printed")
    _add(commands, "health", "care:health", "运行状况", "what works and what does not").add_argument(
        "--json", action="store_true"
    )


def _verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command that checks a node, or a sealed package without one."""
    command = _add(
        commands, "verify", "care:verify", "核验登记簿与材料,或密封案卷包",
        "check every ledger and every byte of the dossiers, or a sealed package",
    )
    command.add_argument(
        "what", nargs="?", default="", metavar="CASE", help="案件号 / a case or proceeding; nothing = the whole node"
    )
    command.add_argument("--package", type=Path, metavar="FILE", help="密封案卷包 / a sealed package; needs no node")
    command.add_argument(
        "--key", type=Path, action="append", default=[], metavar="PEM", help="公钥文件,可多次 / public key, repeatable"
    )
    command.add_argument("--json", action="store_true")


def _packs(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Commands for authors of packs."""
    command = _add(commands, "check", "packs:check", "检查流程包", "every problem of the packs at once")
    command.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="流程包目录 / folder of the packs")
    command.add_argument("--json", action="store_true")
    command = _add(
        commands, "new-procedure", "packs:new_procedure", "新建流程", "write a procedure that runs, to be changed"
    )
    command.add_argument("id", metavar="FIELD/NAME")
    command.add_argument("--packs", type=Path, metavar="DIR")
    command = _add(
        commands, "glossary", "packs:glossary", "生成词汇表", "write GLOSSARY.md from the first lines of the modules"
    )
    command.add_argument("--check", action="store_true", help="只比较 / compare only")
    command = _add(
        commands, "statutes", "packs:statutes", "摘录法条", "copy the cited articles from a collection of laws"
    )
    command.add_argument("data", type=Path, metavar="DATA_DIR")
    command = _add(commands, "evaluate", "packs:evaluate", "评测", "judge the rules by real data")
    command.add_argument("what", choices=["limits"])
    command.add_argument("folder", type=Path, metavar="DIR")
    command.add_argument("--json", action="store_true")


def _people(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Commands on accounts and credentials."""
    accounts = _add(commands, "accounts", "", "账户", "who works in which post").add_subparsers(
        required=True, metavar="WHAT"
    )
    command = _add(accounts, "add", "people:add_account", "添加人员或岗位", "add a person, or a further post of one")
    for name in ("username", "name", "agency", "post"):
        command.add_argument(name)
    command.add_argument(
        "--password-file", type=Path, help="口令文件;不给则在终端输入 / otherwise asked for on the terminal"
    )
    _add(accounts, "list", "people:list_accounts", "列出", "everybody and their posts")
    keys = _add(commands, "agency-key", "", "接口凭证", "credentials of agencies' own systems").add_subparsers(
        required=True, metavar="WHAT"
    )
    command = _add(keys, "add", "people:add_key", "签发", "issue a key; it is shown once")
    for name in ("user", "agency", "post"):
        command.add_argument(name)
    command.add_argument("--title", default="", help="用于哪个系统 / which system uses it")
    command.add_argument("--days", type=int, default=365, help="有效天数 / days it is good for")
    _add(keys, "list", "people:list_keys", "列出", "keys by their first letters")
    _add(keys, "revoke", "people:revoke_key", "吊销", "end a key at once").add_argument("key", metavar="ID")
