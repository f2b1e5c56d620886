// Options by the names of the kernel's headers, for what Glibc has no constants for, or some of its
// versions not.

/// SO_… (asm-generic/socket.h).
enum CommonOption {
  static let noCheck: Int32 = 11
  static let mark: Int32 = 36
  static let timestamping: Int32 = 37
  static let memory: Int32 = 55
  static let zeroCopy: Int32 = 60
  static let transmitTime: Int32 = 61
  static let bindToInterface: Int32 = 62
}

/// IP_… (linux/in.h).
enum IPOption {
  static let typeOfService: Int32 = 1
  static let headerIncluded: Int32 = 3
  static let options: Int32 = 4
  static let packetInfo: Int32 = 8
  static let mtuDiscover: Int32 = 10
  static let receiveErrors: Int32 = 11
  static let mtu: Int32 = 14
  static let freeBind: Int32 = 15
  static let transparent: Int32 = 19
  static let bindAddressNoPort: Int32 = 24
  static let multicastInterface: Int32 = 32
  static let unicastInterface: Int32 = 50
}

/// IPV6_… (linux/in6.h).
enum IPv6Option {
  static let packetInfo2292: Int32 = 2
  static let checksum: Int32 = 7
  static let multicastInterface: Int32 = 17
  static let mtuDiscover: Int32 = 23
  static let mtu: Int32 = 24
  static let receiveErrors: Int32 = 25
  static let v6Only: Int32 = 26
  static let flowInfoSend: Int32 = 33
  static let headerIncluded: Int32 = 36
  static let packetInfo: Int32 = 50
  static let hopOptions: Int32 = 54
  static let routingDestinationOptions: Int32 = 55
  static let routingHeader: Int32 = 57
  static let destinationOptions: Int32 = 59
  static let dontFragment: Int32 = 62
  static let trafficClass: Int32 = 67
  static let unicastInterface: Int32 = 76
}

/// UDP_… (linux/udp.h).
enum UDPOption {
  static let cork: Int32 = 1
  static let noChecksumSent6: Int32 = 101
  static let segment: Int32 = 103
}

/// TCP_… (linux/tcp.h).
enum TCPOption {
  static let info: Int32 = 11
  static let repair: Int32 = 19
  static let upperProtocol: Int32 = 31
}

/// PACKET_… (linux/if_packet.h).
enum PacketOption {
  static let virtualHeader: Int32 = 15
  static let virtualHeaderSize: Int32 = 24
}
