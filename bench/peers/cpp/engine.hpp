// A hand-written event loop: a binary heap of (time, sequence number, process), and the line that bench/run.mjs reads.
#pragma once
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

// Vigna's splitmix64: 64 random bits a call.
struct Random {
  std::uint64_t state;
  explicit Random(std::uint64_t seed) : state(seed) {}
  std::uint64_t bits() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  double uniform() { return static_cast<double>((bits() >> 11) + 1) * 0x1.0p-53; }  // in (0, 1]
  double exponential(double mean) { return -mean * std::log(uniform()); }
};

template <typename Time>
class Events {
 public:
  struct Event {
    Time time;
    std::uint64_t order;
    std::uint32_t process;
    bool operator<(const Event& other) const {
      return time < other.time || (time == other.time && order < other.order);
    }
  };

  bool empty() const { return heap_.empty(); }

  void push(Time time, std::uint32_t process) {
    const Event event{time, order_++, process};
    std::size_t hole = heap_.size();
    heap_.push_back(event);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / 2;
      if (!(event < heap_[parent])) break;
      heap_[hole] = heap_[parent];
      hole = parent;
    }
    heap_[hole] = event;
  }

  Event pop() {
    const Event top = heap_.front();
    const Event last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (size == 0) return top;
    std::size_t hole = 0;
    for (std::size_t child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && heap_[child + 1] < heap_[child]) child += 1;
      if (!(heap_[child] < last)) break;
      heap_[hole] = heap_[child];
      hole = child;
    }
    heap_[hole] = last;
    return top;
  }

 private:
  std::vector<Event> heap_;
  std::uint64_t order_ = 0;
};

// Runs simulate(), which returns the final time, and prints the line. `events` counts the model's own events.
template <typename Simulate>
void measure(Simulate simulate, std::uint64_t events) {
  const auto start = std::chrono::steady_clock::now();
  const double check = static_cast<double>(simulate());
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"events\":%llu,\"seconds\":%.9f,\"peakRssMb\":%.3f,\"check\":%.9f}\n",
              static_cast<unsigned long long>(events), seconds.count(),
              static_cast<double>(usage.ru_maxrss) / 1024, check);
}
