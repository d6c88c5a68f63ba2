/* The reference simulation as one pass in C: what a backtest of these rules costs at the least.

   EMA(fast)/EMA(slow), seeded with the first close. A cross up at a close buys at the next open with
   all cash, fee included; stop and target are fractions of the fill, looked at from the entry's bar
   on, stop first; a cross down sells at the next open. Build with -ffp-contract=off. */
#include <stdint.h>

struct market { const double *open, *high, *low, *close; int64_t bars; };
struct rules { double fast, slow, stop, target, fee; };

static double lower(double a, double b) { return a < b ? a : b; }
static double higher(double a, double b) { return a > b ? a : b; }

int64_t simulate(const struct market *m, const struct rules *r, double cash, double *equity) {
    double fast = m->close[0], slow = m->close[0], before = 0, held = 0, stop = 0, target = 0;
    int64_t trades = 0;
    enum { NOTHING, BUY, SELL } due = NOTHING;
    for (int64_t i = 0; i < m->bars; i++) {
        double price = 0;
        if (due == BUY && held == 0) {
            held = cash / (m->open[i] * (1 + r->fee));
            cash = 0;
            stop = m->open[i] * (1 - r->stop);
            target = m->open[i] * (1 + r->target);
        } else if (due == SELL && held > 0) {
            price = m->open[i];
        }
        due = NOTHING;
        if (held > 0 && price == 0) {
            if (m->low[i] <= stop) price = lower(m->open[i], stop);
            else if (m->high[i] >= target) price = higher(m->open[i], target);
        }
        if (price > 0) {
            cash = held * price * (1 - r->fee);
            held = 0;
            trades++;
        }
        fast += r->fast * (m->close[i] - fast);
        slow += r->slow * (m->close[i] - slow);
        double apart = fast - slow;
        if (apart > 0 && before <= 0 && i > 0) due = BUY;
        if (apart < 0 && before >= 0 && i > 0) due = SELL;
        before = apart;
    }
    *equity = cash + held * m->close[m->bars - 1];
    return trades;
}
