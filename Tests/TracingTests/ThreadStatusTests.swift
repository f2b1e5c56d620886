import Glibc
import Records
import Testing

@testable import Tracing

/// /proc/TID/status, of a thread whose name looks like a line of it.
@Suite struct ThreadStatusTests {
  private static let text = """
    Name:\tTgid:\\n7
    Umask:\t0022
    State:\tt (tracing stop)
    Tgid:\t41
    Pid:\t42
    PPid:\t40
    TracerPid:\t39
    Uid:\t1000\t1001\t1002\t1003
    Gid:\t100\t101\t102\t103
    Groups:\t4 24 27 
    NStgid:\t41\t5
    NSpid:\t42\t6
    Threads:\t2
    SigQ:\t0/7753
    SigPnd:\t0000000000001000
    ShdPnd:\t0000000000000200
    SigBlk:\t0000000000000200
    SigIgn:\t0000000000000001
    SigCgt:\t0000000000000002
    CapInh:\t0000000000000000
    CapPrm:\t0000000000003000
    CapEff:\t0000000000002000
    Seccomp:\t2
    Seccomp_filters:\t1

    """

  @Test func eachLineIsReadByItsKey() {
    let status = ThreadStatus(text: Self.text)
    #expect(status.process == 41)
    #expect(status.parent == 40)
    #expect(status.tracer == 39)
    #expect(!status.hasEnded)
    #expect(status.isFiltered)
    #expect(!status.isInOurNamespace)
    #expect(status.innerID == 6)
    #expect(status.userIDs == [1000, 1001, 1002])
    #expect(status.groupIDs == [100, 101, 102])
    #expect(status.fileSystemUserID == 1003)
    #expect(status.fileSystemGroupID == 103)
    #expect(status.groups == [4, 24, 27])
    #expect(status.permittedCapabilities == 0x3000)
    #expect(status.hasPending(.brokenPipe))
    #expect(status.pendingSignals == 0x1200)
    #expect(status.unblockedSignals == 0x1000)
    #expect(status.ignoredSignals == 1)
    #expect(status.caughtSignals == 2)
    let held = status.credentials(descriptorLimit: 9)
    #expect(held.processID == 5)
    #expect(held.capabilities == 0x2000)
    #expect(held.descriptorLimit == 9)
  }

  @Test func whatIsNotThereIsNotKnown() {
    let status = ThreadStatus(text: "Name:\tx\nState:\tZ (zombie)\nNSpid:\t3\n")
    #expect(status.hasEnded)
    #expect(status.process == nil)
    #expect(status.tracer == nil)
    #expect(status.innerID == nil)
    #expect(!status.isFiltered)
    #expect(status.pendingSignals == 0)
  }

  @Test func ourOwnIsReadAndNobodysIsNot() {
    #expect(ThreadStatus(getpid())?.process == getpid())
    #expect(ThreadStatus.ours?.parent == getppid())
    #expect(ThreadStatus(-1) == nil)
  }
}
