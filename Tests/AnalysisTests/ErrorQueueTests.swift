import Analysis
import Records
import Testing

/// What the error queue of a socket with IP_RECVERR tells of the error that was thrown away, and in
/// which order errors stand of which nothing is seen.
@Suite struct ErrorQueueTests {
  private func verdict(_ change: (inout FailedCall) -> Void) -> Verdict {
    var failed = FailedCall()
    failed.evidence.socket?.receivesErrors = true
    failed.evidence.socket?.hasRoomForErrors = true
    failed.evidence.socket?.timestampingFlags = 0
    failed.evidence.socket?.sendsZeroCopy = false
    change(&failed)
    return Verdict.of(failed.call)
  }

  private func names(_ verdict: Verdict) -> [String] {
    [verdict.errno?.name ?? "none"] + verdict.candidates.map(\.errno.name)
  }

  @Test func nothingOfICMPWhereItWouldStandInTheQueue() {
    let full = verdict { $0.evidence.socket?.sendMemory = 20_000 }
    #expect(names(full) == ["ENOBUFS", "EPERM"])
    #expect(full.certainty == .likely && full.why?.contains("20000 bytes") == true)
    // Nothing of the socket waits: others may have filled the queue.
    let idle = verdict { _ in }
    #expect(names(idle) == ["ENOBUFS", "EPERM"] && idle.certainty == .possible)
    // A buffer that is half full may have been full.
    let half = verdict {
      $0.flags = .dontWait
      $0.evidence.socket?.sendMemory = 100_000
    }
    #expect(half.errno == .noBuffers && half.certainty == .possible)
    // To another place a firewall may stand in the way.
    #expect(verdict { $0.earlierName = .inet(0x7f00_0002, 9) }.errno == .notPermitted)
  }

  private static let provesNothing:
    [(reason: String, change: @Sendable (inout FailedCall) -> Void)] = [
      ("another thread reads the queue", { $0.evidence.socketIsShared = true }),
      ("no room to keep it", { $0.evidence.socket?.hasRoomForErrors = false }),
      ("not asked", { $0.evidence.socket?.hasError = nil }),
      (
        "what the peer's version of IP leaves is not kept",
        {
          $0.family = 10
          $0.isConnected = true
          $0.evidence.socket?.receivesErrors6 = false
        }
      ),
    ]

  @Test func anEmptyQueueThatProvesNothing() {
    for (reason, change) in Self.provesNothing {
      #expect(names(verdict(change)).contains("ECONNREFUSED"), "\(reason)")
    }
  }

  @Test func allThatICMPMayHaveLeftStandsFirstWhereTheQueueHoldsSomething() {
    let found = verdict {
      $0.earlierName = .inet(0x7f00_0002, 9)
      $0.evidence.hasSendFilter = nil
      $0.evidence.socket?.hasError = true
    }
    let ofICMP = ["ECONNREFUSED", "EHOSTUNREACH", "EMSGSIZE", "ENETUNREACH", "ENOPROTOOPT"]
    #expect(names(found) == ofICMP + ["EPERM", "ENOBUFS"])
    #expect(found.certainty == .possible && Set(found.candidates.map(\.why)).count == 3)
    // Time stamps wait there as well.
    let stamped = verdict {
      $0.earlierName = .inet(0x7f00_0002, 9)
      $0.evidence.socket?.hasError = true
      $0.evidence.socket?.timestampingFlags = 2
    }
    #expect(stamped.why?.contains("may have refused") == true)
  }

  @Test func whereTheMessageBeforeItWentNobodyListens() {
    let found = verdict {
      $0.earlierName = .inet(0x7f00_0001, 9)
      $0.evidence.hasSendFilter = nil
      $0.evidence.socket?.hasError = true
      $0.evidence.earlierHasListener = false
    }
    #expect(found.errno == .connectionRefused && found.certainty == .likely)
    #expect(found.why?.contains("the message before it went") == true)
  }

  @Test func whatCouldNotBeAskedIsNoFirstGuess() {
    let found = verdict {
      $0.flags = .dontWait
      $0.earlierName = .inet(0x7f00_0002, 9)
      $0.evidence.hasSendFilter = nil
      $0.evidence.securityModules = .unknown
      $0.evidence.destination = nil
      $0.evidence.socket?.receivesErrors = false
    }
    #expect(names(found) == ["EPERM", "EAGAIN", "EACCES", "ENETUNREACH", "EHOSTUNREACH"])
    #expect(found.why?.contains("a firewall") == true)
  }

  @Test func descriptorsOnTheirWayNearTheLimit() {
    func verdict(waiting: UInt32) -> Verdict {
      var failed = FailedCall()
      (failed.family, failed.protocolNumber, failed.name) = (1, 0, nil)
      failed.isConnected = true
      failed.flags = .dontWait
      failed.control = [.used(1, 1, [0, 0, 0, 0, 1, 0, 0, 0])]
      (failed.evidence.closedDescriptors, failed.evidence.ringDescriptors) = ([], [])
      failed.evidence.credentials?.descriptorLimit = 20
      failed.evidence.socket?.sendMemory = waiting
      return Verdict.of(failed.call)
    }
    let near = verdict(waiting: 768 * 6)
    #expect(near.errno?.name == "ETOOMANYREFS" && near.certainty == .likely)
    #expect(verdict(waiting: 768 * 5).certainty == .possible)
  }
}
