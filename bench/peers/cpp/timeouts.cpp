// 1,000 processes, each 1,000 timeouts of 1 to 100 ticks.
#include "engine.hpp"

int main() {
  constexpr std::uint32_t processes = 1000;
  constexpr std::uint32_t rounds = 1000;
  measure(
      [&] {
        Events<std::uint64_t> events;
        Random random(1);
        std::vector<std::uint32_t> left(processes, rounds);
        std::uint64_t now = 0;
        for (std::uint32_t process = 0; process < processes; process++) events.push(0, process);
        while (!events.empty()) {
          const auto event = events.pop();
          now = event.time;
          if (left[event.process]-- > 0) events.push(now + 1 + random.bits() % 100, event.process);
        }
        return now;
      },
      std::uint64_t{processes} * rounds);
}
