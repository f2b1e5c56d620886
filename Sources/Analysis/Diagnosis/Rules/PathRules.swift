import Records

/// What routers tell of the MTU of a path, which waits at the socket like what else ICMP brings
/// (kernel.md §3.1, "pending sk_err").
enum PathRules {
  /// EMSGSIZE (`sock_alloc_send_pskb`, of what `__udp4_lib_err` left; kernel.md §3.1): a router has
  /// told during the call that an earlier message was too long, also where the socket takes no notice
  /// of paths (PROBE), or lets fragments be made (WANT) and knew of none yet.
  @Sendable static func toldTooLong(_ failed: FailedMessage) -> Finding? {
    guard failed.mayReceiveErrors, failed.isNotToBeCut, failed.errorQueue != .empty,
      case .route(let route)? = failed.evidence?.destination, let mtu = route.learnedMTU
    else { return nil }
    let told = "ICMP told while the call ran that its way takes \(mtu) bytes"
    let tooLong = failed.predecessors.last { earlier in
      earlier.name == failed.message.name && failed.packetBytes(of: earlier) > UInt64(mtu)
    }
    guard let tooLong else {
      return .suspect(
        .messageTooLong, .favored, told + ", perhaps for a datagram before it" + failed.afterwards)
    }
    return .suspect(
      .messageTooLong, failed.surelyHears ? .likely : .favored,
      told + ", and message \(tooLong.index) before it had \(failed.packetBytes(of: tooLong))"
        + failed.afterwards)
  }
}

extension FailedMessage {
  /// How many bytes the packets of another message to the same destination have, headers included:
  /// each of those that it is cut into.
  fileprivate func packetBytes(of other: Message) -> UInt64 {
    let headers = (socket?.isUDP == true ? 8 : 0) + (isOfIPv6 ? 40 : 20) + addedHeaderBytes
    let size = Segmentation.size(control: other.control ?? [], option: state?.segmentSize ?? 0)
    let bytes = other.bytes ?? 0
    return headers + (size.map { min(bytes, UInt64($0.size)) } ?? bytes)
  }

  /// True where routers are told not to make fragments of its packets, as far as is known
  /// (`ip_make_skb`: IP_DF): others are not told of.
  fileprivate var isNotToBeCut: Bool {
    let discovery = isOfIPv6 ? state?.mtuDiscovery6 : state?.mtuDiscovery
    return ![.dont, .interface, .omit].contains(discovery)
  }

  /// True where a packet that is too long for a link leaves EMSGSIZE (`__udp4_lib_err`, frag
  /// needed, unless fragments are made of all; `ip6_sk_accept_pmtu`).
  var hearsOfMTU: Bool {
    isOfIPv6 ? isNotToBeCut : state?.mtuDiscovery != .dont
  }

  /// True where it goes by IPv6.
  var isOfIPv6: Bool { socket?.family == .inet6 && !goesByIPv4 }
}
