/// A number of bytes, or of parts, that a call's messages share: what one claims takes nothing from
/// the share that each of the others is sure of.
///
/// What a message says it has costs nothing to say, so that a budget given out in order would be
/// used up by the first liar.
package struct FairBudget: Sendable {
  private var left: Int
  private let share: Int
  private var claimants: Int

  /// `total` for `claimants`, each of whom gets `share` if it claims that much; `share`
  /// times `claimants` must not be more than `total`.
  package init(total: Int, share: Int, claimants: Int) {
    left = total
    self.share = share
    self.claimants = claimants
  }

  /// How much the next one gets of what it claims.
  package mutating func take(_ claim: Int) -> Int {
    claimants = max(claimants - 1, 0)
    let granted = min(max(claim, 0), max(left - claimants * share, 0))
    left -= granted
    return granted
  }

  /// Takes back what was granted and not needed.
  package mutating func giveBack(_ rest: Int) { left += rest }

  /// The payload kept of one call, 64 MiB: room for 1,024 datagrams of the largest size. Less
  /// where `room`, what all calls together may still hold, is less than twice that.
  package static func payload(entries: Int, room: Int = .max) -> FairBudget {
    of(min(64 << 20, room / 2), share: 32 << 10, entries)
  }

  /// What is read of one call to compare its messages as a whole, 4 MiB, or a quarter of `room`.
  package static func contents(entries: Int, room: Int = .max) -> FairBudget {
    of(min(4 << 20, room / 4), share: 4 << 10, entries)
  }

  /// The control data read of one call, 32 MiB, or a quarter of `room`.
  package static func control(entries: Int, room: Int = .max) -> FairBudget {
    of(min(32 << 20, room / 4), share: 16 << 10, entries)
  }

  /// The iovec arrays read of one call, 16 MiB, which is all there can be, or a quarter of `room`.
  package static func iovecs(entries: Int, room: Int = .max) -> FairBudget {
    of(min(16 << 20, room / 4), share: 16 << 10, entries)
  }

  /// The control messages kept of one call: 16,384, of which each message is sure of 16. A block of
  /// 32 MiB may hold two million empty ones; the kernel refuses what is over net.core.optmem_max,
  /// by default 128 KiB.
  package static func controlMessages(entries: Int) -> FairBudget {
    of(16 << 10, share: 16, entries)
  }

  private static func of(_ total: Int, share: Int, _ entries: Int) -> FairBudget {
    FairBudget(total: total, share: min(share, total / max(entries, 1)), claimants: entries)
  }
}
