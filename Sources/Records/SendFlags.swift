/// The flags of a `sendmmsg` call, or the `msg_flags` of one of its headers
/// (include/linux/socket.h; kernel.md §6).
package struct SendFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let outOfBand = SendFlags(rawValue: 0x1)
  package static let dontRoute = SendFlags(rawValue: 0x4)
  package static let probe = SendFlags(rawValue: 0x10)
  package static let dontWait = SendFlags(rawValue: 0x40)
  package static let endOfRecord = SendFlags(rawValue: 0x80)
  package static let noSignal = SendFlags(rawValue: 0x4000)
  package static let more = SendFlags(rawValue: 0x8000)
  package static let zeroCopy = SendFlags(rawValue: 0x400_0000)
  package static let fastOpen = SendFlags(rawValue: 0x2000_0000)
  package static let compatControl = SendFlags(rawValue: 0x8000_0000)

  /// Every named bit, in order of value; of two names for a value the one that records use.
  package static let table: [(bit: UInt32, name: String)] = [
    (0x1, "MSG_OOB"),
    (0x2, "MSG_PEEK"),
    (0x4, "MSG_DONTROUTE"),
    (0x8, "MSG_CTRUNC"),
    (0x10, "MSG_PROBE"),
    (0x20, "MSG_TRUNC"),
    (0x40, "MSG_DONTWAIT"),
    (0x80, "MSG_EOR"),
    (0x100, "MSG_WAITALL"),
    (0x200, "MSG_FIN"),
    (0x400, "MSG_SYN"),
    (0x800, "MSG_CONFIRM"),
    (0x1000, "MSG_RST"),
    (0x2000, "MSG_ERRQUEUE"),
    (0x4000, "MSG_NOSIGNAL"),
    (0x8000, "MSG_MORE"),
    (0x1_0000, "MSG_WAITFORONE"),
    (0x2_0000, "MSG_SENDPAGE_NOTLAST"),
    (0x4_0000, "MSG_BATCH"),
    (0x8_0000, "MSG_NO_SHARED_FRAGS"),
    (0x10_0000, "MSG_SENDPAGE_DECRYPTED"),
    (0x200_0000, "MSG_SOCK_DEVMEM"),
    (0x400_0000, "MSG_ZEROCOPY"),
    (0x800_0000, "MSG_SPLICE_PAGES"),
    (0x2000_0000, "MSG_FASTOPEN"),
    (0x4000_0000, "MSG_CMSG_CLOEXEC"),
    (0x8000_0000, "MSG_CMSG_COMPAT"),
  ]

  private static let known = table.reduce(0) { $0 | $1.bit }

  /// The bits that have no name.
  package var unknownBits: UInt32 { rawValue & ~Self.known }
}
