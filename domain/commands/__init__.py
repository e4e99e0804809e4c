"""Every request that may be made: what an office, a participant or a clock can ask of the record."""

from typing import TypeAlias

from domain.commands.case import CaseCommand
from domain.commands.consultation import ConsultationCommand
from domain.commands.criteria import CriteriaCommand
from domain.commands.framework import FrameworkCommand
from domain.commands.lease import LeaseCommand
from domain.commands.office import OfficeCommand
from domain.commands.oversight import OversightCommand
from domain.commands.participant import ParticipantCommand
from domain.commands.record import InstrumentCommand, LedgerCommand, PolicyCommand, RecordCommand
from domain.commands.scan import ScanCommand
from domain.commands.standard import StandardCommand
from domain.commands.tasking import TaskingCommand
from domain.commands.threshold import ThresholdCommand
from domain.commands.vulnerability import VulnerabilityCommand

Command: TypeAlias = (
    CaseCommand
    | ConsultationCommand
    | StandardCommand
    | ThresholdCommand
    | FrameworkCommand
    | CriteriaCommand
    | LeaseCommand
    | ScanCommand
    | OversightCommand
    | OfficeCommand
    | ParticipantCommand
    | VulnerabilityCommand
    | InstrumentCommand
    | PolicyCommand
    | RecordCommand
    | TaskingCommand
    | LedgerCommand
)

__all__ = [
    "CaseCommand",
    "Command",
    "ConsultationCommand",
    "CriteriaCommand",
    "FrameworkCommand",
    "InstrumentCommand",
    "LeaseCommand",
    "LedgerCommand",
    "OfficeCommand",
    "OversightCommand",
    "ParticipantCommand",
    "PolicyCommand",
    "RecordCommand",
    "ScanCommand",
    "StandardCommand",
    "TaskingCommand",
    "ThresholdCommand",
    "VulnerabilityCommand",
]
