/// A level and a type of control messages, by which the kernel tells them apart (kernel.md §4).
package struct ControlKind: Hashable, Sendable {
  package let level: Int32
  package let type: Int32

  package init(_ level: Int32, _ type: Int32) {
    self.level = level
    self.type = type
  }

  // SOL_SOCKET

  /// SCM_RIGHTS.
  package static let descriptors = ControlKind(1, 1)
  /// SCM_CREDENTIALS.
  package static let credentials = ControlKind(1, 2)
  /// SO_PRIORITY.
  package static let priority = ControlKind(1, 12)
  /// SO_MARK.
  package static let mark = ControlKind(1, 36)
  /// SO_TIMESTAMPING_OLD and SO_TIMESTAMPING_NEW.
  package static let timestamping = ControlKind(1, 37)
  package static let newTimestamping = ControlKind(1, 65)
  /// SCM_TXTIME.
  package static let transmitTime = ControlKind(1, 61)
  /// SCM_DEVMEM_DMABUF.
  package static let deviceMemory = ControlKind(1, 79)
  /// SCM_TS_OPT_ID.
  package static let optionID = ControlKind(1, 81)

  // SOL_IP

  /// IP_TOS.
  package static let serviceType = ControlKind(0, 1)
  /// IP_RETOPTS.
  package static let options = ControlKind(0, 7)
  /// IP_PKTINFO.
  package static let packetInfo = ControlKind(0, 8)

  // SOL_IPV6, and what RFC 2292 had in its place

  /// IPV6_PKTINFO.
  package static let packetInfo6 = ControlKind(41, 50)
  package static let oldPacketInfo6 = ControlKind(41, 2)
  /// IPV6_FLOWINFO.
  package static let flowInfo = ControlKind(41, 11)
  /// IPV6_HOPOPTS.
  package static let hopOptions = ControlKind(41, 54)
  package static let oldHopOptions = ControlKind(41, 3)
  /// IPV6_DSTOPTS.
  package static let destinationOptions = ControlKind(41, 59)
  package static let oldDestinationOptions = ControlKind(41, 4)
  /// IPV6_RTHDRDSTOPTS.
  package static let routingOptions = ControlKind(41, 55)
  /// IPV6_RTHDR.
  package static let routingHeader = ControlKind(41, 57)
  package static let oldRoutingHeader = ControlKind(41, 5)
  /// IPV6_DONTFRAG.
  package static let dontFragment = ControlKind(41, 62)
  /// IPV6_TCLASS.
  package static let trafficClass = ControlKind(41, 67)

  // SOL_UDP

  /// UDP_SEGMENT.
  package static let segment = ControlKind(17, 103)
}

extension ControlMessage {
  package var kind: ControlKind { ControlKind(level, type) }
}
