// M/M/1: 1,000,000 customers, arrivals exponential with mean 1/0.9, service with mean 1.
#include <cstdlib>
#include <deque>

#include "engine.hpp"

int main(int argc, char** argv) {
  const std::uint64_t customers = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  enum : std::uint32_t { source, server };
  measure(
      [&] {
        Events<double> events;
        Random arrivals(1), services(2);
        std::deque<double> queue;
        std::uint64_t to_come = customers;
        bool busy = false;
        double now = 0;
        volatile double waited = 0;  // kept, so that the queue's contents are really used
        events.push(arrivals.exponential(1 / 0.9), source);
        while (!events.empty()) {
          const auto event = events.pop();
          now = event.time;
          if (event.process == source) {
            queue.push_back(now);
            if (--to_come > 0) events.push(now + arrivals.exponential(1 / 0.9), source);
          } else {
            busy = false;
          }
          if (!busy && !queue.empty()) {
            waited = waited + (now - queue.front());
            queue.pop_front();
            busy = true;
            events.push(now + services.exponential(1), server);
          }
        }
        return now;
      },
      2 * customers);
}
