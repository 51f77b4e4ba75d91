"""The demo firm's file share: recordings, letters, placements, exports, logs, an archive, and what no reader opens yet."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import os
import wave
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from piiscan.demo import letters
from piiscan.demo.people import FIRST_CANARY
from piiscan.demo.profiles import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from piiscan.demo.draw import Draw
    from piiscan.demo.ledger import Account, Row, Tables


class Share:
    """A folder that is written the same way every time: same bytes, modes and file times."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, path: str, data: bytes | str, day: date, *, mode: int = 0o640) -> None:
        """Writes one file, last changed at noon (UTC) of that day."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
        target.chmod(mode)
        changed = datetime.combine(day, time(12), UTC).timestamp()
        os.utime(target, (changed, changed))


def write_share(folder: Path, draw: Draw, placed: Sequence[Account], tables: Tables) -> None:
    """Fills the folder."""
    share = Share(folder)
    _write_recordings(share, tables["calls"])
    _write_letters(share, draw, placed)
    _write_sheets(share, draw, placed)
    _write_portal(share, draw, tables["portal_visits"])
    _write_returns(share, tables["process_visits"])
    _write_unread(share, draw, placed[FIRST_CANARY])
    share.write("policies/opening-hours.txt", letters.HOURS, draw.older())
    share.write("policies/fees.csv", letters.FEES, draw.older())


def _write_recordings(share: Share, calls: Sequence[Row]) -> None:
    """Short beeps in place of talks: every twentieth call that was recorded."""
    recorded = [call for call in calls if call[7]]
    for call in recorded[::20]:
        share.write(str(call[7]), _beep(int(str(call[0]))), date.fromisoformat(str(call[2])[:10]))


def _beep(number: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes(128 + round(60 * math.sin(step * (number % 40 + 20) / 100)) for step in range(400)))
    return out.getvalue()


def _write_letters(share: Share, draw: Draw, placed: Sequence[Account]) -> None:
    for account in placed[::25]:
        day = draw.recent() if account.number % 2 else draw.older()
        path = f"letters/validation/{day.isoformat()}-{account.file_no}.txt"
        share.write(path, letters.validation(account, day), day)
    for account in placed[FIRST_CANARY::84]:
        day = draw.recent()
        share.write(f"letters/disputes/{day.isoformat()}-{account.file_no}.html", letters.dispute(account, day), day)
    day = draw.recent()
    payer = placed[FIRST_CANARY]
    share.write(f"letters/payments/{day.isoformat()}-{payer.file_no}.txt", letters.payment_by_post(payer, day), day)


def _write_sheets(share: Share, draw: Draw, placed: Sequence[Account]) -> None:
    """Placement files of the clients, exports of the firm, a trace vendor's archive, old transcripts."""
    day = draw.recent()
    head = ("debtor_name", "address", "city", "zip", "phone", "account_no", "balance", "placed_on")
    north = [_placement(account, day) for account in placed if account.client == "northbay"]
    share.write(f"placements/northbay/{day.isoformat()}.tsv", _sheet([head, *north[:60]], "\t"), day)
    patients = [(*_placement(account, day), account.member, "E11.9") for account in placed if account.client == "mercy"]
    share.write(
        f"placements/mercy/{day.isoformat()}.csv", _sheet([(*head, "member_id", "icd10"), *patients[20:60]]), day
    )
    people = [a.person for a in placed[:80]]
    jobs = [(p.name, p.employer, p.job, p.work_phone, f"{p.username}@example.com") for p in people]
    export = _sheet([("employee", "employer", "job_title", "work_phone", "work_email"), *jobs])
    share.write("exports/employment-verification.csv", export, draw.recent(), mode=0o644)
    received = draw.older()
    marks = [(p.name, p.school, p.student_no, draw.rng.randint(180, 400) / 100, received) for p in people[:50]]
    records = _sheet([("student", "school", "student_id", "gpa", "received_on"), *marks])
    share.write("exports/school-records.csv", records, received)
    traced = [a.person for a in placed[:240:2]]  # both canaries among them
    trace = [(p.name, p.ssn.replace("-", ""), f"{p.street}, {p.city}", p.cell_phone) for p in traced]
    cars = [(a.person.name, draw.vin(), draw.digits(7)) for a in placed[60:90]]
    members = {
        "hits.csv": _sheet([("name", "ssn", "last_known_address", "phone"), *trace]),
        "vehicles.csv": _sheet([("owner_name", "vin", "title_no"), *cars]),
    }
    share.write("skip-trace/locate-batch.zip", _archive(members), draw.recent())


def _placement(account: Account, day: date) -> Row:
    p = account.person
    return (p.name, p.street, p.city, p.zip, p.home_phone, account.creditor_no, account.balance, day.isoformat())


def _sheet(rows: Iterable[Row], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _archive(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def _write_portal(share: Share, draw: Draw, visits: Sequence[Row]) -> None:
    """The web server's log, the application's events, and a dump of sessions, all of the day before yesterday."""
    day = draw.today - timedelta(days=2)
    lines = [
        f'{ip} - {user} [{datetime.fromisoformat(str(when)):%d/%b/%Y:%H:%M:%S} +0000] "GET {draw.pick(PAGES)} HTTP/1.1" '
        f'200 {draw.digits(4)} "{page}" "{agent}"\n'
        for _, user, _, ip, agent, page, when in visits[:300]
    ]
    share.write("portal/access.log.gz", gzip.compress("".join(lines).encode(), mtime=0), day)
    events = [
        json.dumps({"time": when, "event": "view", "user": user, "session_id": session, "client_ip": ip, "url": page})
        for _, user, session, ip, _, page, when in visits[:200]
    ]
    share.write("portal/events.jsonl", "\n".join(events) + "\n", day)
    sessions = [
        {"session_id": session, "username": user, "user_agent": agent} for _, user, session, _, agent, *_ in visits
    ]
    dump = {"exported": day.isoformat(), "sessions": sessions[60:120]}
    share.write("portal/sessions.json", json.dumps(dump, indent=1), day)


def _write_returns(share: Share, visits: Sequence[Row]) -> None:
    """The process servers' returns of service, with the place each visit was made at."""
    rows = "".join(
        f'  <visit id="{number}"><server>{escape(str(server))}</server><latitude>{latitude}</latitude><longitude>{longitude}</longitude>'
        f"<attempted_at>{when}</attempted_at><outcome>{outcome}</outcome></visit>\n"
        for number, _, server, latitude, longitude, outcome, when in visits[:60]
    )
    newest = max(date.fromisoformat(str(visit[6])[:10]) for visit in visits[:60])
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n<returns>\n{rows}</returns>\n'
    share.write("process-service/returns.xml", document, newest)


def _write_unread(share: Share, draw: Draw, account: Account) -> None:
    """A log in Latin-1, and two formats that no reader opens yet: the report must name them."""
    day = draw.recent()
    log = "\n".join(letters.dialer_line(account, day, second * 60) for second in range(120))
    share.write(f"logs/dialer-{day.isoformat()}.log", log.encode("latin-1"), day)
    text = f"I lost my job at {account.person.employer} and cannot pay. {account.person.name}"
    members = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "word/document.xml": '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:body></w:document>",
    }
    share.write("letters/hardship/statement.docx", _archive(members), draw.recent())
    scan = _page(f"DRIVER LICENSE {account.person.licence} {account.person.name}")
    share.write("scans/identity-document.pdf", scan, draw.recent())


def _page(text: str) -> bytes:
    """A PDF of one page with one line of text (ISO 32000-1)."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, starts = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        starts.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    end = f"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 6\n0000000000 65535 f \n{table}{end}".encode("latin-1")
