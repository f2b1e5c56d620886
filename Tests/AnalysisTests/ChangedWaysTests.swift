import Analysis
import Records
import Testing

/// What ways and options explain that were others for a part of the call, and what routers and
/// firewalls tell of single messages.
@Suite struct ChangedWaysTests {
  private func verdict(_ change: (inout FailedCall) -> Void) -> Verdict {
    var failed = FailedCall()
    change(&failed)
    return Verdict.of(failed.call)
  }

  private func names(_ verdict: Verdict) -> [String] {
    [verdict.errno?.name ?? "none"] + verdict.candidates.map(\.errno.name)
  }

  @Test func aWayThatEndedBehindTheMessageBefore() {
    let ended = verdict {
      $0.setRoute { $0.refusal = .networkUnreachable }
      $0.evidence.waysAreSteady = false
      $0.evidence.waysHaveChanged = true
    }
    #expect(ended.errno == .networkUnreachable && ended.certainty == .likely)
    #expect(ended.why?.hasPrefix("the ways changed while the call ran") == true)
    // There is a way again.
    let again = verdict { $0.evidence.waysHaveChanged = true }
    #expect(names(again).contains("ENETUNREACH") && again.certainty == .possible)
    // That a socket has a policy of IPsec of its own is no change.
    #expect(!names(verdict { $0.evidence.waysAreSteady = false }).contains("ENETUNREACH"))
    // Its like has passed, and nothing has changed: what was asked is not the way that it went.
    let steady = verdict { $0.setRoute { $0.refusal = .networkUnreachable } }
    #expect(!names(steady).contains("ENETUNREACH"))
  }

  @Test func whatAWireGuardInterfaceRefuses() {
    let other = verdict {
      $0.earlierName = .inet(0x7f00_0002, 9999)
      $0.setRoute { $0.goesByWireGuard = true }
    }
    #expect(Array(names(other).prefix(2)) == ["ENOKEY", "EPERM"] && other.certainty == .possible)
    #expect(names(other).contains("EDESTADDRREQ"))
    #expect(!names(verdict { $0.earlierName = .inet(0x7f00_0002, 9999) }).contains("ENOKEY"))
  }

  @Test func aSourceThatIsGone() {
    let verdict = verdict {
      $0.earlierName = .inet(0x7f00_0001, 8888)
      $0.setRoute {
        $0.refusal = .networkUnreachable
        $0.lacksSource = true
      }
    }
    #expect(verdict.errno == .networkUnreachable && verdict.certainty == .likely)
    #expect(verdict.why?.contains("address that the socket sends from") == true)
  }

  /// The message before had 10 bytes, and 28 of headers.
  @Test func anMTUThatARouterTold() {
    func told(_ change: (inout FailedCall) -> Void = { _ in }) -> Verdict {
      verdict {
        $0.isConnected = true
        $0.setRoute { $0.learnedMTU = 37 }
        change(&$0)
      }
    }
    #expect(told().errno == .messageTooLong && told().certainty == .likely)
    // The mode in which ICMP leaves nothing, a message that was not too long, one that went
    // elsewhere.
    #expect(told { $0.evidence.socket?.mtuDiscovery = .dont }.errno != .messageTooLong)
    #expect(told { $0.setRoute { $0.learnedMTU = 38 } }.certainty == .possible)
    #expect(told { $0.earlierName = .inet(0x7f00_0001, 8888) }.certainty == .possible)
    #expect(told { $0.isConnected = false }.errno != .messageTooLong)
  }

  /// The socket is connected, and the message before went elsewhere.
  @Test func anErrorThatWaitsAtTheSocketIsOfTheMessageItself() {
    func refused(_ change: (inout FailedCall) -> Void = { _ in }) -> Verdict {
      verdict {
        $0.isConnected = true
        $0.earlierName = .inet(0x7f00_0001, 8888)
        $0.evidence.socket?.hasError = true
        $0.evidence.socket?.timestampingFlags = 0
        $0.evidence.socket?.sendsZeroCopy = false
        change(&$0)
      }
    }
    #expect(refused().errno == .notPermitted && refused().certainty == .likely)
    #expect(refused { $0.evidence.socket?.hasError = false }.certainty == .possible)
    #expect(refused { $0.evidence.socket?.timestampingFlags = 2 }.certainty == .possible)
    // ICMP may have answered the message before.
    let like = refused { $0.earlierName = nil }
    #expect(like.errno == .connectionRefused && like.certainty == .possible)
    #expect(like.why?.contains("another waits, which the next call will report") == true)
  }

  @Test func whatIsHeldBackAndMayNotBeFragmented() {
    func heldBack(_ change: (inout FailedCall) -> Void = { _ in }) -> Verdict {
      verdict {
        $0.flags = .more
        $0.evidence.socket?.mtuDiscovery = .do
        // The message before has 10 bytes.
        $0.setMTU(1500)
        $0.bytes = 1463
        change(&$0)
      }
    }
    let over = heldBack()
    #expect(over.errno == .messageTooLong && over.certainty == .likely)
    #expect(over.why?.contains("1463 bytes and 28 of headers are over the MTU of 1500") == true)
    #expect(heldBack { $0.bytes = 1462 }.certainty == .possible)
    #expect(heldBack { $0.evidence.socket?.mtuDiscovery = .want }.certainty == .possible)
    #expect(heldBack { $0.setMTU(nil) }.certainty == .possible)
  }

  /// Each option alone explains an error where others have the socket, and none where nobody has.
  @Test(
    arguments: [
      ("SO_BROADCAST", "EACCES", 10, true, nil),
      ("IP_MTU_DISCOVER", "EMSGSIZE", 100, false, 100),
      ("UDP_SEGMENT", "EINVAL", 129, false, nil),
    ] as [(String, String, UInt64, Bool, UInt32?)])
  func anOptionThatWasAnotherForAMoment(
    _ option: String, _ errno: String, _ bytes: UInt64, _ isBroadcast: Bool, _ mtu: UInt32?
  ) {
    func shared(_ isShared: Bool, _ more: (inout FailedCall) -> Void = { _ in }) -> Verdict {
      verdict {
        $0.setRoute { ($0.isBroadcast, $0.mtu) = (isBroadcast, mtu) }
        $0.bytes = bytes
        $0.evidence.socket?.allowsBroadcast = true
        $0.evidence.socketIsShared = isShared
        more(&$0)
      }
    }
    let candidate = shared(true).candidates.first { $0.errno.name == errno }
    #expect(candidate?.certainty == .possible && candidate?.why.contains(option) == true)
    #expect(!names(shared(false)).contains(errno))
    // Nobody needs it where something else speaks for itself.
    let full = shared(true) { $0.evidence.socket?.isHungUp = true }
    #expect(full.certainty == .likely && !names(full).contains(errno))
  }
}
