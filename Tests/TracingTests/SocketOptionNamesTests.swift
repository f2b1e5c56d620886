import TestSupport
import Testing

@testable import Tracing

@Suite struct SocketOptionNamesTests {
  @Test func theyAreTheKernels() throws {
    let ours: [String: Int32] = [
      "SO_NO_CHECK": CommonOption.noCheck, "SO_MARK": CommonOption.mark,
      "SO_TIMESTAMPING": CommonOption.timestamping, "SO_MEMINFO": CommonOption.memory,
      "SO_ZEROCOPY": CommonOption.zeroCopy, "SO_TXTIME": CommonOption.transmitTime,
      "SO_BINDTOIFINDEX": CommonOption.bindToInterface,
      "IP_TOS": IPOption.typeOfService, "IP_HDRINCL": IPOption.headerIncluded,
      "IP_OPTIONS": IPOption.options, "IP_PKTINFO": IPOption.packetInfo,
      "IP_MTU_DISCOVER": IPOption.mtuDiscover, "IP_RECVERR": IPOption.receiveErrors,
      "IP_MTU": IPOption.mtu, "IP_FREEBIND": IPOption.freeBind,
      "IP_TRANSPARENT": IPOption.transparent,
      "IP_BIND_ADDRESS_NO_PORT": IPOption.bindAddressNoPort,
      "IP_MULTICAST_IF": IPOption.multicastInterface, "IP_UNICAST_IF": IPOption.unicastInterface,
      "IPV6_2292PKTINFO": IPv6Option.packetInfo2292, "IPV6_CHECKSUM": IPv6Option.checksum,
      "IPV6_MULTICAST_IF": IPv6Option.multicastInterface,
      "IPV6_MTU_DISCOVER": IPv6Option.mtuDiscover, "IPV6_MTU": IPv6Option.mtu,
      "IPV6_RECVERR": IPv6Option.receiveErrors, "IPV6_V6ONLY": IPv6Option.v6Only,
      "IPV6_FLOWINFO_SEND": IPv6Option.flowInfoSend, "IPV6_HDRINCL": IPv6Option.headerIncluded,
      "IPV6_PKTINFO": IPv6Option.packetInfo, "IPV6_HOPOPTS": IPv6Option.hopOptions,
      "IPV6_RTHDRDSTOPTS": IPv6Option.routingDestinationOptions,
      "IPV6_RTHDR": IPv6Option.routingHeader, "IPV6_DSTOPTS": IPv6Option.destinationOptions,
      "IPV6_DONTFRAG": IPv6Option.dontFragment, "IPV6_TCLASS": IPv6Option.trafficClass,
      "IPV6_UNICAST_IF": IPv6Option.unicastInterface,
      "UDP_CORK": UDPOption.cork, "UDP_NO_CHECK6_TX": UDPOption.noChecksumSent6,
      "UDP_SEGMENT": UDPOption.segment, "TCP_INFO": TCPOption.info,
      "TCP_REPAIR": TCPOption.repair, "TCP_ULP": TCPOption.upperProtocol,
      "PACKET_VNET_HDR": PacketOption.virtualHeader,
      "PACKET_VNET_HDR_SZ": PacketOption.virtualHeaderSize,
    ]
    let headers = try SystemHeaders([
      "asm/socket.h", "linux/in.h", "linux/in6.h", "linux/udp.h", "linux/tcp.h",
      "linux/if_packet.h",
    ])
    // Older headers lack some.
    let known = ours.filter { headers.names.contains($0.key) }
    #expect(known.count > ours.count * 3 / 4)
    for (name, value) in try headers.values(of: known.keys) {
      #expect(value == known[name].map { Int64($0) }, "\(name)")
    }
  }
}
