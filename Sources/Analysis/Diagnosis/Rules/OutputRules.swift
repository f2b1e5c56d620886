import Records

/// What can still happen to a packet on its way out of the host (kernel.md §3.1, last rows).
enum OutputRules {
  static let checks: [Check] = [filteredOut, refusedByWireGuard, shutDown, queueFull]

  /// EPERM (`nf_hook_slow`, `__cgroup_bpf_run_filter_skb`; kernel.md §3.1): a firewall or a BPF
  /// program drops it. A firewall's rules are not looked at: all that speaks for one is what it
  /// says to the sender by ICMP (nft's `reject`), which waits at the socket behind the EPERM.
  @Sendable private static func filteredOut(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence != nil else { return nil }
    if failed.isRefusedItself {
      return .suspect(
        .notPermitted, .likely,
        "a firewall rule rejected it on its way out, as the ICMP error shows that waits at the socket:"
          + " the next call will report that")
    }
    return .suspect(
      // What goes the way of the message before it meets the same rules.
      .notPermitted, failed.followsItsLike ? .faint : .possible,
      "a firewall rule or a BPF program may have dropped it on its way out")
  }

  /// ENOKEY or EDESTADDRREQ (`wg_xmit`; not in kernel.md): no peer of a WireGuard interface has the
  /// destination among its AllowedIPs, or the one that has it no endpoint.
  @Sendable private static func refusedByWireGuard(_ failed: FailedMessage) -> Finding? {
    guard case .route(let route)? = failed.evidence?.destination, route.goesByWireGuard else {
      return nil
    }
    let passed = failed.hasOpenWay
    return .suspects([
      Suspect(
        errno: .noKey, strength: passed ? .faint : .favored,
        why: "no peer of the WireGuard interface may have its destination (AllowedIPs)"),
      Suspect(
        errno: .destinationRequired, strength: passed ? .faint : .possible,
        why: "the peer of the WireGuard interface may have no endpoint"),
    ])
  }

  /// EPIPE (`sock_alloc_send_pskb`; kernel.md §3.1): sending alone was shut down, where that could
  /// not be asked.
  @Sendable private static func shutDown(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence != nil, failed.mayBeShutDown else { return nil }
    return .suspect(
      .brokenPipe, .possible,
      failed.index == 0
        ? "the socket may have been shut down for sending"
        : "the socket may have been shut down for sending behind the message before it")
  }

  /// ENOBUFS (`net_xmit_errno`; kernel.md §3.1): the queue of the interface drops it, which is told
  /// with IP_RECVERR alone.
  @Sendable private static func queueFull(_ failed: FailedMessage) -> Finding? {
    guard let state = failed.state, state.receivesErrors == true else { return nil }
    let why = "the queue of the interface may have been full (seen with IP_RECVERR)"
    guard failed.errorQueue == .empty, failed.followsItsLike, let waiting = state.sendMemory,
      let size = state.sendBuffer
    else { return .suspect(.noBuffers, .possible, why) }
    // What was sent and waits does so there; a send buffer that was full has not emptied so far.
    let hadRoom = failed.waits == true || waiting < size / 8
    guard waiting > 0, hadRoom else { return .suspect(.noBuffers, .favored, why) }
    return .suspect(
      .noBuffers, .likely,
      "the queue of the interface was full, where \(waiting) bytes of the socket wait (seen with"
        + " IP_RECVERR)")
  }
}

extension FailedMessage {
  /// True where an error has come to the socket that no message of the call before it can have
  /// brought, and that it has not taken: about itself.
  fileprivate var isRefusedItself: Bool {
    guard index > 0, hasWaitingError, let peer = socket?.peer, !hearsOfCall else { return false }
    return message.name.map { $0 == peer } ?? true
  }
}
