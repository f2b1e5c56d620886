import CTracee
import Glibc
import Synchronization

/// Whether the ways of a network stayed as they are while a call ran: what let one message pass
/// then let another of its kind pass, and what is asked a moment later was so before.
///
/// A thread of ours for each network notes when the kernel tells of a change, so that no call costs
/// anything but the first one of a socket.
final class RouteWatches: Sendable {
  private let watches = Mutex<[UInt64: RouteWatch]>([:])
  /// More networks are not listened to.
  private static let maximumCount = 32

  /// Begins to listen to the network namespace that we are in, of that number.
  func listen(to network: UInt64) {
    let link: Descriptor? = watches.withLock { watches in
      guard watches[network] == nil, watches.count < Self.maximumCount, let watch = RouteWatch()
      else { return nil }
      watches[network] = watch
      return watch.link
    }
    if let link { _ = HelperThread.start { self.listen(to: network, link) } }
  }

  /// Whether nothing changed in that network, the one that we are in, since a time, and whether
  /// something did, as the kernel told; nil where we do not listen to it.
  func state(
    in network: UInt64, since time: UInt64
  ) -> (areSteady: Bool, haveChanged: Bool)? {
    watches.withLock { watches in
      watches[network]?.listen()
      guard let watch = watches[network] else { return nil }
      return (
        watch.isSteady(since: time) && watch.socketsHavePolicies != true,
        watch.hasChanged(since: time)
      )
    }
  }

  private func listen(to network: UInt64, _ link: Descriptor) -> Never {
    while true {
      var request = pollfd(fd: link.number, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&request, 1, -1)
      watches.withLock { $0[network]?.listen() }
    }
  }
}
