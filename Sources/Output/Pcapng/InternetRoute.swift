import Analysis
import Records

/// Where a message comes from and goes to, as the header of its packet says it.
struct InternetRoute {
  enum Addresses {
    case ipv4(source: UInt32, destination: UInt32)
    case ipv6(source: IPv6Address, destination: IPv6Address, flow: UInt32)
  }

  var addresses: Addresses
  var sourcePort: UInt16
  var destinationPort: UInt16
  /// TOS, or traffic class.
  var trafficClass: UInt8 = 0
  /// TTL, or hop limit: what most systems begin with, where the message does not say.
  var hopLimit: UInt8 = 64

  /// Nil where no internet address says where the message goes.
  ///
  /// An unbound source is left as zeros: the kernel chooses it by its routes, which nobody saw.
  init?(of message: borrowing Message, on socket: SocketDescription) {
    guard let target = message.destination(on: socket).flatMap(Endpoint.init) else { return nil }
    let source = socket.local.flatMap(Endpoint.init)
    sourcePort = source?.port ?? 0
    destinationPort = target.port
    if let destination = target.ipv4 {
      addresses = .ipv4(source: source?.ipv4 ?? 0, destination: destination)
    } else {
      addresses = .ipv6(
        source: source?.address ?? .unspecified, destination: target.address,
        flow: target.flow & 0xf_ffff)
    }
    for control in message.control ?? [] where control.status == .used { apply(control) }
  }

  private enum Level {
    static let ip: Int32 = 0
    static let ipv6: Int32 = 41
  }

  /// What control messages set for one message.
  private mutating func apply(_ control: ControlMessage) {
    let data = control.data
    switch (control.level, control.type, addresses) {
    case (Level.ip, 1, _), (Level.ipv6, 67, _): trafficClass = data.first ?? trafficClass
    case (Level.ip, 2, _), (Level.ipv6, 52, _): hopLimit = data.first ?? hopLimit
    case (Level.ip, 8, .ipv4(_, let destination)) where data.count >= 12:
      // in_pktinfo: ipi_ifindex, ipi_spec_dst, ipi_addr
      let source = data[4..<8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      if source != 0 { addresses = .ipv4(source: source, destination: destination) }
    case (Level.ipv6, 50, .ipv6(_, let destination, let flow)) where data.count >= 20:
      // in6_pktinfo: ipi6_addr, ipi6_ifindex
      let source = IPv6Address(
        high: data[0..<8].reduce(0) { $0 << 8 | UInt64($1) },
        low: data[8..<16].reduce(0) { $0 << 8 | UInt64($1) })
      if source != .unspecified {
        addresses = .ipv6(source: source, destination: destination, flow: flow)
      }
    default: break
    }
  }
}

/// One end, in the form of IPv6, in which IPv4 addresses are mapped.
private struct Endpoint {
  var address: IPv6Address
  var port: UInt16
  var flow: UInt32 = 0

  init?(_ socketAddress: SocketAddress) {
    switch socketAddress.form {
    case .inet(let number, let port):
      address = IPv6Address(high: 0, low: 0xffff_0000_0000 | UInt64(number))
      self.port = port
    case .inet6(let number, let port, let flowInfo, _):
      address = number
      self.port = port
      flow = flowInfo
    default: return nil
    }
  }

  var ipv4: UInt32? { address.mappedIPv4 }
}

extension IPv6Address {
  fileprivate static let unspecified = IPv6Address(high: 0, low: 0)
}
