import CTracee
import Glibc

/// Hears of every change of the ways in one network namespace (rtnetlink(7)): the kernel tells of
/// it before the call returns that makes it.
struct RouteWatch {
  let link: Descriptor
  /// Nil where NETLINK_XFRM is not in this kernel.
  private let policies: NetlinkLink?
  /// Since when it hears, and when it heard something last (CLOCK_MONOTONIC).
  private let begun: UInt64
  private var changed: UInt64 = 0

  /// In the namespace that we are in; nil where there can be none.
  init?() {
    link = Self.open(protocolNumber: 0)
    // NETLINK_XFRM
    policies = NetlinkLink(protocolNumber: 6)
    guard link.number >= 0, Self.takeAddress(link) else { return nil }
    for group in Self.groups {
      var number = group
      let size = socklen_t(MemoryLayout<Int32>.size)
      // SOL_NETLINK, NETLINK_ADD_MEMBERSHIP
      guard unsafe setsockopt(link.number, 270, 1, &number, size) == 0 else { return nil }
    }
    begun = Clock.monotonic()
  }

  /// RTNLGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV4_RULE, _IPV6_IFADDR, _IPV6_ROUTE, _IPV6_RULE and
  /// _NEXTHOP.
  private static let groups: [Int32] = [1, 5, 7, 8, 9, 11, 19, 32]

  private static func open(protocolNumber: Int32) -> Descriptor {
    Descriptor(
      socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), protocolNumber))
  }

  /// What has no address of its own is told nothing: the kernel leaves out the one that asked for
  /// the change, whose address is 0 where it did not ask by netlink (`do_one_broadcast`).
  private static func takeAddress(_ link: Descriptor) -> Bool {
    // struct sockaddr_nl: family 0:2, port 4:4 (the kernel chooses), groups 8:4
    var address = sockaddr()
    address.sa_family = sa_family_t(AF_NETLINK)
    return unsafe bind(link.number, &address, 12) == 0
  }

  /// Takes what was told. What it is does not matter, nor does where some was lost (ENOBUFS).
  mutating func listen() {
    var byte: UInt8 = 0
    for _ in 0..<Self.maximumReads {
      let got = unsafe recv(link.number, &byte, 1, Int32(MSG_DONTWAIT))
      if got < 0, errno != ENOBUFS { return }
      changed = Clock.monotonic()
    }
  }

  /// What is left then is taken the next time.
  private static let maximumReads = 4096

  /// True where nothing has changed since.
  func isSteady(since time: UInt64) -> Bool { begun < time && changed < time }

  /// True where it heard of a change since.
  func hasChanged(since time: UInt64) -> Bool { changed >= time }

  /// Whether a socket has a policy of IPsec of its own (IP_XFRM_POLICY), which only their number
  /// tells (XFRM_MSG_GETSPDINFO); nil where we may not ask (CAP_NET_ADMIN).
  var socketsHavePolicies: Bool? {
    guard let policies else { return false }
    // XFRM_MSG_GETSPDINFO, flags 0:4; XFRM_MSG_NEWSPDINFO, and in it XFRMA_SPD_INFO: struct
    // xfrmu_spdinfo, incnt 0:4, outcnt 4:4, fwdcnt 8:4, inscnt 12:4, outscnt 16:4, fwdscnt 20:4.
    guard policies.ask(0x25, [0xff, 0xff, 0xff, 0xff]), let reply = policies.receive().first,
      reply.type == 0x24, let info = reply.body.dropFirst(4).attribute(1)
    else { return nil }
    return info.uint32(at: 16).map { $0 != 0 }
  }
}
