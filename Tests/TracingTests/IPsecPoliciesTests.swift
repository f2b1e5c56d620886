import Glibc
import Testing

@testable import Tracing

/// Policies of IPsec as NETLINK_XFRM tells of them, against what the kernel does by them
/// (`xfrm_policy_match`).
struct IPsecPoliciesTests {
  struct Rule {
    var destination: [UInt8] = [10, 9, 0, 4]
    var destinationBits: UInt8 = 32
    var source: [UInt8] = [0, 0, 0, 0]
    var sourceBits: UInt8 = 0
    var port: UInt16 = 0
    var sourcePort: UInt16 = 0
    var protocolNumber: UInt8 = 0
    var interface: UInt8 = 0
    var priority: UInt8 = 0
    var isOfSending = true
    var blocks = true
    var mark: [UInt8] = []

    /// XFRM_MSG_NEWPOLICY: `struct nlmsghdr`, `struct xfrm_userpolicy_info` and XFRMA_MARK.
    var message: [UInt8] {
      func address(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: 16 - bytes.count)
      }
      func portAndMask(_ port: UInt16) -> [UInt8] {
        let mask: UInt8 = port == 0 ? 0 : 0xff
        return [UInt8(port >> 8), UInt8(port & 0xff), mask, mask]
      }
      let family = UInt8(destination.count == 4 ? AF_INET : AF_INET6)
      let selector =
        address(destination) + address(source) + portAndMask(port) + portAndMask(sourcePort)
        + [family, 0, destinationBits, sourceBits, protocolNumber, 0, 0, 0, interface, 0, 0, 0]
        + [0, 0, 0, 0]
      let body =
        selector + [UInt8](repeating: 0, count: 96) + [priority, 0, 0, 0, 0, 0, 0, 0]
        + [isOfSending ? 1 : 0, blocks ? 1 : 0, 0, 0, 0, 0, 0, 0]
      let attribute: [UInt8] = mark.isEmpty ? [] : [12, 0, 21, 0] + mark
      return [UInt8(16 + body.count + attribute.count), 0, 0, 0, 0x13, 0, 2, 0]
        + [UInt8](repeating: 0, count: 8) + body + attribute
    }
  }

  struct Case {
    var name: String
    var rules: [Rule]
    var found: String
  }

  /// Of a datagram from 10.9.0.1:5000 to 10.9.0.4:9, of a socket with SO_MARK 0x105.
  static let cases = [
    Case(name: "none", rules: [], found: "none"),
    Case(name: "it blocks", rules: [Rule()], found: "sure"),
    Case(name: "it is for what is received", rules: [Rule(isOfSending: false)], found: "none"),
    Case(name: "it allows", rules: [Rule(blocks: false)], found: "none"),
    Case(name: "another host", rules: [Rule(destination: [10, 9, 0, 5])], found: "none"),
    Case(
      name: "a net", rules: [Rule(destination: [10, 9, 0, 0], destinationBits: 29)], found: "sure"),
    Case(
      name: "another net", rules: [Rule(destination: [10, 9, 0, 0], destinationBits: 30)],
      found: "none"),
    Case(name: "all", rules: [Rule(destinationBits: 0)], found: "sure"),
    Case(
      name: "all of IPv6",
      rules: [Rule(destination: [UInt8](repeating: 0, count: 16), destinationBits: 0)],
      found: "none"),
    Case(name: "its source", rules: [Rule(source: [10, 9, 0, 0], sourceBits: 24)], found: "sure"),
    Case(
      name: "no source of it", rules: [Rule(source: [10, 8, 0, 0], sourceBits: 24)], found: "none"),
    Case(name: "its port", rules: [Rule(port: 9)], found: "sure"),
    Case(name: "another port", rules: [Rule(port: 10)], found: "none"),
    Case(name: "its own port", rules: [Rule(sourcePort: 5000)], found: "sure"),
    Case(name: "its protocol", rules: [Rule(protocolNumber: 17)], found: "sure"),
    Case(name: "another protocol", rules: [Rule(protocolNumber: 6)], found: "none"),
    Case(name: "its mark", rules: [Rule(mark: [5, 0, 0, 0, 0xff, 0, 0, 0])], found: "sure"),
    Case(name: "another mark", rules: [Rule(mark: [5, 0, 0, 0, 0xff, 1, 0, 0])], found: "none"),
    Case(name: "one interface", rules: [Rule(interface: 3)], found: "possible"),
    Case(
      name: "another comes first", rules: [Rule(priority: 7), Rule(priority: 6, blocks: false)],
      found: "none"),
    Case(
      name: "it comes first", rules: [Rule(priority: 7, blocks: false), Rule(priority: 6)],
      found: "sure"),
    Case(name: "either comes first", rules: [Rule(blocks: false), Rule()], found: "possible"),
    Case(
      name: "one may come first",
      rules: [Rule(interface: 3, priority: 1, blocks: false), Rule(priority: 2)],
      found: "possible"),
    Case(
      name: "one of an interface comes later",
      rules: [Rule(priority: 1), Rule(interface: 3, priority: 2, blocks: false)], found: "sure"),
    Case(
      name: "one of an interface does not come first",
      rules: [Rule(priority: 1, blocks: false), Rule(interface: 3, priority: 2)], found: "none"),
  ]

  private static let binding: SocketBinding = {
    var binding = SocketBinding()
    binding.protocolNumber = 17
    binding.mark = 0x105
    return binding
  }()
  private static let destination: [UInt8] = [2, 0, 0, 9, 10, 9, 0, 4] + [0, 0, 0, 0, 0, 0, 0, 0]
  private static let source: [UInt8] = [2, 0, 0x13, 0x88, 10, 9, 0, 1] + [0, 0, 0, 0, 0, 0, 0, 0]

  @Test(arguments: cases) func theFirstThatFitsDecides(_ example: Case) {
    let policies = IPsecPolicies(messages: example.rules.flatMap(\.message))
    let flow = IPsecPolicies.Flow(to: Self.destination, from: Self.source, Self.binding)
    #expect("\(policies.blocking(flow))" == example.found, "\(example.name)")
  }

  @Test func whatIsNotKnownMayFit() {
    let unbound: [UInt8] = [2, 0] + [UInt8](repeating: 0, count: 14)
    let flow = IPsecPolicies.Flow(to: Self.destination, from: unbound, Self.binding)
    for rule in [Rule(source: [10, 9, 0, 0], sourceBits: 24), Rule(sourcePort: 5000)] {
      let found = IPsecPolicies(messages: rule.message).blocking(flow)
      #expect("\(found)" == "possible")
    }
  }
}
