// 100 processes, each 10,000 times: acquire one lock, hold it 1 tick, release; first come, first served.
#include <deque>

#include "engine.hpp"

int main() {
  constexpr std::uint32_t processes = 100;
  constexpr std::uint32_t rounds = 10'000;
  measure(
      [&] {
        Events<std::uint64_t> events;
        std::deque<std::uint32_t> waiting;
        std::vector<std::uint32_t> left(processes, rounds);
        bool held = false;
        std::uint64_t now = 0;
        const auto acquire = [&](std::uint32_t process) {
          if (left[process] == 0) return;
          left[process] -= 1;
          if (held) {
            waiting.push_back(process);
          } else {
            held = true;
            events.push(now + 1, process);
          }
        };
        for (std::uint32_t process = 0; process < processes; process++) acquire(process);
        while (!events.empty()) {
          const auto event = events.pop();
          now = event.time;
          held = false;
          if (!waiting.empty()) {  // handed over
            held = true;
            events.push(now + 1, waiting.front());
            waiting.pop_front();
          }
          acquire(event.process);
        }
        return now;
      },
      std::uint64_t{2} * processes * rounds);
}
