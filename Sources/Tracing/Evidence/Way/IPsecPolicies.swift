import Decoding
import Glibc
import Records

/// The policies of IPsec of a network namespace (ip-xfrm(8)), which may block what is sent
/// (`xfrm_lookup_with_ifid`): the one that fits with the lowest priority decides.
struct IPsecPolicies {
  /// What a packet goes by, as far as the policies look at it (`struct flowi`).
  struct Flow {
    /// Addresses of 4 or 16 bytes; no source where it is not known.
    var destination: ArraySlice<UInt8>
    var source: ArraySlice<UInt8>?
    /// Ports of UDP; nil where a protocol has others there, or none.
    var destinationPort: UInt16?
    var sourcePort: UInt16?
    var protocolNumber: Int32
    var mark: UInt32
  }

  private var policies: [Policy] = []

  /// Those for what is sent, in the namespace that we are in; nil where they cannot all be had
  /// (CAP_NET_ADMIN).
  init?() {
    // NETLINK_XFRM
    guard let link = NetlinkLink(protocolNumber: 6) else {
      // It is not in this kernel.
      if errno == EPROTONOSUPPORT { return }
      return nil
    }
    // XFRM_MSG_GETPOLICY. A gateway may have any number: then not all are read.
    guard link.ask(0x15, [], isDump: true) else { return nil }
    var found: [Policy] = []
    let isWhole = link.readDump { message in
      if let policy = Self.policy(in: message) { found.append(policy) }
      return true
    }
    guard isWhole else { return nil }
    policies = found
  }

  /// Those in a part of a dump.
  init(messages: [UInt8]) {
    policies = NetlinkLink.messages(in: messages).compactMap { Self.policy(in: $0) }
  }

  private static func policy(in message: NetlinkLink.Message) -> Policy? {
    // XFRM_MSG_NEWPOLICY
    guard message.type == 0x13, let policy = Policy(message.body), policy.isOfSending else {
      return nil
    }
    return policy
  }

  /// Whether one blocks a packet.
  func blocking(_ flow: Flow) -> RouteState.Blocking {
    let fitting = policies.filter { $0.fits(flow) == true }
    let first = fitting.map(\.priority).min() ?? .max
    // Of those with one priority the oldest decides, which nobody tells.
    let deciding = fitting.filter { $0.priority == first }
    let others = policies.filter { $0.priority <= first && $0.fits(flow) == nil }
    guard (deciding + others).contains(where: \.blocks) else { return .none }
    return !deciding.isEmpty && (deciding + others).allSatisfy(\.blocks) ? .sure : .possible
  }
}

/// ```
/// struct xfrm_userpolicy_info: sel 0:56  …  priority 152:4  index 156:4  dir 160:1  action 161:1
/// struct xfrm_selector: daddr 0:16  saddr 16:16  dport 32:2  dport_mask 34:2  sport 36:2
///   sport_mask 38:2  family 40:2  prefixlen_d 42:1  prefixlen_s 43:1  proto 44:1  ifindex 48:4
/// ```
private struct Policy {
  let priority: UInt32
  /// XFRM_POLICY_BLOCK.
  let blocks: Bool
  /// XFRM_POLICY_OUT.
  let isOfSending: Bool
  private let selector: [UInt8]
  private let mark: (value: UInt32, mask: UInt32)
  /// True for one of a kind of its own: of an interface of XFRM's, or a sub-policy.
  private let isSpecial: Bool

  init?(_ body: ArraySlice<UInt8>) {
    guard body.count >= 168, let priority = body.uint32(at: 152) else { return nil }
    self.priority = priority
    isOfSending = body[body.startIndex + 160] == 1
    blocks = body[body.startIndex + 161] == 1
    selector = Array(body.prefix(56))
    let attributes = body.dropFirst(168)
    // XFRMA_MARK: struct xfrm_mark, v 0:4, m 4:4
    let mark = attributes.attribute(21)
    self.mark = (mark?.uint32(at: 0) ?? 0, mark?.uint32(at: 4) ?? 0)
    // XFRMA_POLICY_TYPE, of which 0 is XFRM_POLICY_TYPE_MAIN; XFRMA_IF_ID
    isSpecial =
      attributes.attribute(16)?.first ?? 0 != 0 || attributes.attribute(31)?.uint32(at: 0) ?? 0 != 0
  }

  /// Whether it is for a packet (`xfrm_policy_match`, `xfrm_selector_match`); nil where what
  /// decides is not known.
  func fits(_ flow: IPsecPolicies.Flow) -> Bool? {
    let family = flow.destination.count == 4 ? AF_INET : AF_INET6
    guard Int32(selector[40]) == family, flow.mark & mark.mask == mark.value,
      Self.begins(flow.destination, as: selector[0..<16], bits: selector[42]),
      selector[44] == 0 || Int32(selector[44]) == flow.protocolNumber
    else { return false }
    let answers = [
      isSpecial || selector.int32(at: 48) != 0 ? nil : true,
      selector[43] == 0
        ? true : flow.source.map { Self.begins($0, as: selector[16..<32], bits: selector[43]) },
      Self.isPort(flow.destinationPort, of: selector[32..<36]),
      Self.isPort(flow.sourcePort, of: selector[36..<40]),
    ]
    if answers.contains(false) { return false }
    return answers.contains(nil) ? nil : true
  }

  /// A port and a mask; nil where it looks at one that is not known.
  private static func isPort(_ port: UInt16?, of wanted: ArraySlice<UInt8>) -> Bool? {
    let bytes = Array(wanted).map { UInt16($0) }
    let mask = bytes[2] << 8 | bytes[3]
    if mask == 0 { return true }
    return port.map { ($0 ^ (bytes[0] << 8 | bytes[1])) & mask == 0 }
  }

  private static func begins(
    _ address: ArraySlice<UInt8>, as wanted: ArraySlice<UInt8>, bits: UInt8
  ) -> Bool {
    zip(address, wanted).enumerated().allSatisfy { index, pair in
      let left = Int(bits) - index * 8
      guard left > 0 else { return true }
      let mask: UInt8 = left >= 8 ? 0xff : ~(0xff >> UInt8(left))
      return (pair.0 ^ pair.1) & mask == 0
    }
  }
}

extension IPsecPolicies.Flow {
  /// Of what a socket sends to `destination` from `source`, both a `sockaddr_in` or `sockaddr_in6`.
  init(to destination: [UInt8], from source: [UInt8]?, _ binding: SocketBinding) {
    self.destination = destination.host
    let own = source?.host ?? []
    self.source = own.count == destination.host.count && own.contains { $0 != 0 } ? own : nil
    let isUDP = [17, 136].contains(binding.protocolNumber)
    destinationPort = isUDP ? destination.port : nil
    sourcePort = isUDP ? source.flatMap { $0.port == 0 ? nil : $0.port } : nil
    protocolNumber = binding.protocolNumber
    mark = UInt32(bitPattern: binding.mark)
  }
}
