// @ts-nocheck: its types are meant for those who use it; it is not written for all that is checked here.
/**
 * The API of ttt
 * 1
 * DO NOT MODIFY - This file has been generated using oazapfts.
 * See https://www.npmjs.com/package/oazapfts
 */
import * as Oazapfts from "@oazapfts/runtime";
import * as QS from "@oazapfts/runtime/query";
export const defaults: Oazapfts.Defaults<Oazapfts.CustomHeaders> = {
    headers: {},
    baseUrl: "/"
};
const oazapfts = Oazapfts.runtime(defaults);
export const servers = {
    server1: "/"
};
export type Backtest = {
    id: string;
    kind: string;
    state: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
    progress: number;
    attempts: number;
    priority: number;
    submittedBy: string;
    /** milliseconds since the epoch, UTC */
    createdAt: number;
    startedAt?: number;
    finishedAt?: number;
    cancelRequested: boolean;
    /** the backtester that runs it */
    owner?: string;
    failure?: {
        code: string;
        message: string;
        exit: string;
        expected?: string;
        found?: string;
        hint?: string;
    };
    spec: unknown;
    /** the sweep it is a part of */
    sweep?: string;
    /** which part of it */
    shard?: number;
    links: {
        self: string;
        events: string;
        result?: string;
        trades?: string;
        report?: string;
        /** the report as HTML */
        page?: string;
        equity?: string;
        /** of a part of a sweep, which has no report of its own */
        trials?: string;
    };
};
export type Stack = {
    home: string;
    profile: "embedded" | "services";
    phase: string;
    supervisor: {
        pid: number;
        /** milliseconds since the epoch, UTC */
        startedAt: number;
        buildHash: string;
    };
    instances: {
        instance: string;
        /** differs from `instance` after a reload */
        process: string;
        service: string;
        kind: "daemon" | "server" | "job";
        state: string;
        /** milliseconds since the epoch, UTC */
        since: number;
        reason: string;
        /** the look that led into this state */
        evidence: {
            /** who looked: `beat`, `process`, or a probe such as `readiness http /healthz` */
            look: string;
            status: string;
            excerpt: string;
            latencyMs: number | null;
        } | null;
        wanted: "up" | "down";
        /** scaled away, or about to be replaced */
        leaving: boolean;
        pid: number | null;
        /** grows with every start */
        generation: number;
        /** how often it ended against our will, by cause */
        restarts: {
            [key: string]: number;
        };
        /** without being stable in between */
        endsInARow: number;
        nextStartAt: number | null;
        /** what time alone brings next */
        due: {
            what: "starts again" | "has to be ready" | "is killed";
            /** milliseconds since the epoch, UTC */
            at: number;
        } | null;
        waitsFor: {
            service: string;
            condition: string;
            evidence: string;
        } | null;
        readyAfterMs: number | null;
        buildHash: string | null;
        exitCode: number | null;
        /** what to type next when it needs a person */
        hint: string;
    }[];
};
export type KillStatus = {
    level: "RUN" | "REDUCE_ONLY" | "BLOCK";
    epoch?: number;
    scopes: {
        scope: string;
        level: "RUN" | "REDUCE_ONLY" | "BLOCK";
        /** the epoch that set it */
        since: number;
        by?: string;
        reason?: string;
        /** ISO 8601 */
        at?: string;
    }[];
    stores: {
        store: string;
        says: string;
    }[];
    workers: {
        worker: string;
        epoch: number;
        level: "RUN" | "REDUCE_ONLY" | "BLOCK";
        lastSent: number;
        partitions: string[];
        /** orders of which nobody knows whether they reached the venue */
        unresolved: number;
        /** whether it may hold a permit now */
        live: boolean;
        buildHash: string;
        configHash: string;
        /** milliseconds */
        certificateAgeMs?: number;
    }[];
    /** stores that are silent or empty */
    missing: string[];
    /** what becomes of our orders if that host dies now; left out when nobody can be asked */
    hostLoss?: {
        /** orders that go on resting at the venue */
        stayLive: number;
        /** orders that the venue's own switch withdraws */
        withdrawn: number;
        /** milliseconds */
        withinMs?: number;
        words: string;
    };
    /** arms that wait for a second person */
    requests: {
        id: number;
        scope: string;
        since: number;
        reason: string;
        requestedBy: string;
        /** milliseconds since the epoch, UTC */
        requestedAt: number;
        armedEpoch?: number;
    }[];
    /** what a person can do now, most urgent first */
    next: string[];
};
export type KillReport = {
    commandId: string;
    scope: string;
    level: "RUN" | "REDUCE_ONLY" | "BLOCK";
    epoch?: number;
    reason: string;
    verdict: "verified" | "unacknowledged" | "residual-orders" | "residual-position" | "not-stored" | "interrupted";
    /** why it is not verified */
    doubts: string[];
    /** other scopes that are held beside this one */
    held: string[];
    /** whose kill holds the scope, where another one did so before */
    since?: {
        by: string;
        /** ISO 8601 */
        at: string;
        reason: string;
    };
    stores: {
        store: string;
        accepted: boolean;
        changed?: boolean;
        error?: string;
    }[];
    workers: {
        worker: string;
        /** how it is known to obey */
        by: "store" | "socket" | "expired" | "none";
        epoch?: number;
        lastSent?: number;
        /** milliseconds */
        afterMs?: number;
    }[];
    accounts: {
        venue: string;
        account: string;
        ordersBefore: string[];
        canceled: string[];
        filledWhileCancelling: string[];
        ordersAfter: string[];
        /** open orders of the account that are not ours */
        foreign: string[];
        positionsBefore: {
            instrument: string;
            quantity: number;
        }[];
        positionsAfter: {
            instrument: string;
            quantity: number;
        }[];
        /** the venue's time of the last look */
        snapshotAt?: string;
        proven: boolean;
        error?: string;
    }[];
    /** left out when no venue could be asked */
    ordersAfter?: number;
    /** milliseconds */
    propagationMs?: number;
    /** milliseconds */
    durationMs: number;
    /** row of the journal with this report */
    journal?: number;
};
export type Armed = {
    outcome: "armed";
    scope: string;
    level: "RUN";
    epoch: number;
    changed: boolean;
    status: KillStatus;
};
export type ArmWaits = {
    outcome: "waiting";
    scope: string;
    request: number;
    epoch: number;
    status: KillStatus;
};
export type Incident = {
    id: string;
    title: string;
    summary: string;
    severity: "sev1" | "sev2" | "sev3" | "sev4";
    state: "open" | "acknowledged" | "mitigated" | "resolved";
    source: "operator" | "alertmanager" | "supervisor";
    openedBy: string;
    /** milliseconds since the epoch, UTC */
    openedAt: number;
    /** milliseconds since the epoch, UTC */
    beganAt?: number;
    /** milliseconds since the epoch, UTC */
    acknowledgedAt?: number;
    acknowledgedBy?: string;
    /** milliseconds since the epoch, UTC */
    mitigatedAt?: number;
    mitigation?: string;
    /** milliseconds since the epoch, UTC */
    resolvedAt?: number;
    resolution?: string;
    roles: {
        [key: string]: string;
    };
    signals: {
        fingerprint: string;
        name: string;
        status: "firing" | "ended";
        [key: string]: unknown;
    }[];
    keys: string[];
    links: string[];
    runbook?: string;
    follows?: string;
};
export type IncidentReading = {
    incident: Incident;
    figures: {
        /** milliseconds since the epoch, UTC */
        beganAt: number;
        beganBy: string;
        detectMs: number;
        [key: string]: unknown;
    };
    timeline: {
        /** row of the journal */
        seq: number;
        /** milliseconds since the epoch, UTC */
        at: number;
        kind: string;
        who: string;
        what: string;
    }[];
};
export type AlertmanagerNotification = {
    version: "4";
    groupKey: string;
    status: "firing" | "resolved";
    externalURL?: string;
    alerts: {
        status: "firing" | "resolved";
        labels: {
            [key: string]: string;
        };
        annotations?: {
            [key: string]: string;
        };
        startsAt: string;
        /** the year 1 while it goes on */
        endsAt?: string;
        generatorURL?: string;
        fingerprint: string;
        [key: string]: unknown;
    }[];
    [key: string]: unknown;
};
export type Flag = {
    name: string;
    value: boolean | number;
    "default": boolean | number;
    meaning: string;
    [key: string]: unknown;
};
export type Problem = {
    "type": string;
    title: string;
    status: number;
    detail: string;
    /** stable, upper snake case */
    code: string;
    /** name of the exit code that the command line would end with */
    exit: string;
    expected?: string;
    found?: string;
    hint?: string;
    retryable: boolean;
    requestId: string;
    errors?: {
        at: string;
        message: string;
    }[];
    /** of a kill that was carried out although its key was used before */
    report?: {
        [key: string]: unknown;
    };
};
/**
 * Whether everything the API depends on answers
 */
export function readReadiness(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            status: "ready" | "unready";
            dependencies: {
                [key: string]: string;
            };
        };
    }>("/readyz", {
        ...opts
    });
}
/**
 * Metrics of this daemon in the Prometheus text format
 */
export function readMetrics(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchText("/metrics", {
        ...opts
    });
}
/**
 * Submit a backtest of a registered strategy
 */
export function submitBacktest({ priority, idempotencyKey, body }: {
    priority?: number;
    idempotencyKey?: string;
    body: {
        strategy: string;
        source?: string;
        params?: {
            [key: string]: string | number | boolean;
        };
        /** a list, or the name of the one dataset */
        data: {
            ref: string;
            "symbol"?: string;
            finer?: string;
            hash?: string;
        }[] | string;
        "from"?: number;
        to?: number;
        options?: {
            cash?: number;
            commission?: number | {
                fixed?: number;
                rate?: number;
                makerRate?: number;
                perUnit?: number;
                minimum?: number;
                maximum?: number;
                tiers?: {
                    "from": number;
                    rate: number;
                    makerRate?: number;
                }[];
            };
            spread?: number;
            slippage?: number | ({
                kind: "fixed";
                amount: number;
            } | {
                kind: "relative";
                fraction: number;
            } | {
                kind: "volume-share";
                impact: number;
                limit?: number;
            });
            financing?: {
                borrowRate?: number;
                funding?: {
                    rate: number;
                    everyMs: number;
                };
            };
            latencyBars?: number;
            timezone?: string;
            volumeShare?: number;
            leverage?: number;
            maintenanceMargin?: number;
            positions?: "netting" | "hedging";
            exclusive?: boolean;
            fill?: "open" | "close";
            limitFill?: "touch" | "through";
            finalize?: boolean;
            instruments?: {
                [key: string]: {
                    lot?: number;
                    multiplier?: number;
                };
            };
            risk?: {
                limits: {
                    [key: string]: number;
                };
                tickSize?: string;
            };
            seed?: number;
            checked?: boolean;
            compat?: "ttt" | "backtesting.py";
        };
        convention?: "ttt" | "backtesting.py" | "lean" | "freqtrade" | "jesse";
        benchmark?: {
            ref: string;
            "symbol"?: string;
            finer?: string;
            hash?: string;
        };
        calendar?: ("24/7" | "24/5" | "exchange") | number;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 202;
        data: Backtest;
    }>(`/api/backtest${QS.query(QS.explode({
        priority
    }))}`, oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * List backtests, newest first
 */
export function listBacktests({ state, limit }: {
    state?: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
    limit?: number;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            backtests: Backtest[];
        };
    }>(`/api/backtest${QS.query(QS.explode({
        state,
        limit
    }))}`, {
        ...opts
    });
}
/**
 * Where a backtest stands
 */
export function readBacktest({ id }: {
    id: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Backtest;
    }>(`/api/backtest/${encodeURIComponent(id)}`, {
        ...opts
    });
}
/**
 * Cancel a backtest
 */
export function cancelBacktest({ id, idempotencyKey }: {
    id: string;
    idempotencyKey?: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 202;
        data: Backtest;
    }>(`/api/backtest/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    });
}
/**
 * The result in figures: statistics and what decided them, without the trades
 */
export function readBacktestResult({ id }: {
    id: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            /** hash of everything that decided the result */
            id: string;
            strategy: string;
            params: {
                [key: string]: string | number | boolean;
            };
            /** a measure that the data do not allow is null */
            stats: {
                [key: string]: unknown;
            };
            counts: {
                trades: number;
                openTrades: number;
                denials: number;
            };
            [key: string]: unknown;
        };
    }>(`/api/backtest/${encodeURIComponent(id)}/result`, {
        ...opts
    });
}
/**
 * Closed trades in the order of closing, a page at a time
 */
export function listBacktestTrades({ id, after, limit }: {
    id: string;
    after?: number;
    limit?: number;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            total: number;
            trades: {
                pnl: number;
                [key: string]: unknown;
            }[];
        };
    }>(`/api/backtest/${encodeURIComponent(id)}/trades${QS.query(QS.explode({
        after,
        limit
    }))}`, {
        ...opts
    });
}
/**
 * The report: statistics, trades, denials; the same bytes as a run in process
 */
export function readBacktestReport({ id }: {
    id: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            id: string;
            [key: string]: unknown;
        };
    }>(`/api/backtest/${encodeURIComponent(id)}/report`, {
        ...opts
    });
}
/**
 * The report as one page that opens offline, without the price, whose bars are the caller's
 */
export function readBacktestPage({ id }: {
    id: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchText(`/api/backtest/${encodeURIComponent(id)}/report.html`, {
        ...opts
    });
}
/**
 * The equity curve: JSON, or float64 times and values with accept: application/octet-stream
 */
export function readBacktestEquity({ id }: {
    id: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            time: number[];
            equity: number[];
        };
    }>(`/api/backtest/${encodeURIComponent(id)}/equity`, {
        ...opts
    });
}
/**
 * Submit a part of a sweep: combinations of parameters over the same bars
 */
export function submitSweepShard({ idempotencyKey, body }: {
    idempotencyKey?: string;
    body: {
        run: {
            strategy: string;
            source?: string;
            params?: {
                [key: string]: string | number | boolean;
            };
            data: {
                ref: string;
                "symbol"?: string;
                finer?: string;
                hash?: string;
            }[];
            "from"?: number;
            to?: number;
            options?: {
                cash?: number;
                commission?: number | {
                    fixed?: number;
                    rate?: number;
                    makerRate?: number;
                    perUnit?: number;
                    minimum?: number;
                    maximum?: number;
                    tiers?: {
                        "from": number;
                        rate: number;
                        makerRate?: number;
                    }[];
                };
                spread?: number;
                slippage?: number | ({
                    kind: "fixed";
                    amount: number;
                } | {
                    kind: "relative";
                    fraction: number;
                } | {
                    kind: "volume-share";
                    impact: number;
                    limit?: number;
                });
                financing?: {
                    borrowRate?: number;
                    funding?: {
                        rate: number;
                        everyMs: number;
                    };
                };
                latencyBars?: number;
                timezone?: string;
                volumeShare?: number;
                leverage?: number;
                maintenanceMargin?: number;
                positions?: "netting" | "hedging";
                exclusive?: boolean;
                fill?: "open" | "close";
                limitFill?: "touch" | "through";
                finalize?: boolean;
                instruments?: {
                    [key: string]: {
                        lot?: number;
                        multiplier?: number;
                    };
                };
                risk?: {
                    limits: {
                        [key: string]: number;
                    };
                    tickSize?: string;
                };
                seed?: number;
                checked?: boolean;
                compat?: "ttt" | "backtesting.py";
            };
            convention?: "ttt" | "backtesting.py" | "lean" | "freqtrade" | "jesse";
            benchmark?: {
                ref: string;
                "symbol"?: string;
                finer?: string;
                hash?: string;
            };
            calendar?: ("24/7" | "24/5" | "exchange") | number;
        };
        tasks: {
            index: number;
            params: {
                [key: string]: string | number | boolean;
            };
            "from"?: number;
            to?: number;
        }[];
        /** id of the sweep: the shards of one are listed together */
        sweep: string;
        /** which of its shards this is */
        "number": number;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 202;
        data: Backtest;
    }>("/api/sweep/shards", oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * What each run of a shard came to
 */
export function readSweepTrials({ id }: {
    id: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            engineVersion: string;
            trials: {
                index: number;
                params: {
                    [key: string]: unknown;
                };
                [key: string]: unknown;
            }[];
        };
    }>(`/api/sweep/shards/${encodeURIComponent(id)}/trials`, {
        ...opts
    });
}
/**
 * Whether bars of this hash are there
 */
export function findBars({ hash }: {
    hash: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            hash: string;
        };
    }>(`/v1/bars/${encodeURIComponent(hash)}`, {
        ...opts
    });
}
/**
 * Send bars: the columns time, open, high, low, close, volume as float64, little-endian, one after the other
 */
export function sendBars({ hash, body }: {
    hash: string;
    body: Blob;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: {
            hash: string;
        };
    }>(`/v1/bars/${encodeURIComponent(hash)}`, {
        ...opts,
        method: "PUT",
        body
    });
}
/**
 * The state of every service
 */
export function listServices(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Stack;
    }>("/v1/services", {
        ...opts
    });
}
/**
 * The level that holds, who says so, and who obeys it
 */
export function readKillSwitch(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: KillStatus;
    }>("/v1/kill-switch", {
        ...opts
    });
}
/**
 * Stop trading, with evidence read back from the venue
 */
export function engageKillSwitch({ idempotencyKey, body }: {
    idempotencyKey?: string;
    body: {
        scope?: string;
        level?: "BLOCK" | "REDUCE_ONLY";
        /** why, for the journal; `emergency` will do */
        reason: string;
        /** withdraw every own order in scope, and prove it */
        cancel?: boolean;
        /** withdraw orders, close positions, then block */
        flatten?: boolean;
        ackTimeoutMs?: number;
        actionTimeoutMs?: number;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: KillReport;
    } | {
        status: 202;
        data: KillReport;
    }>("/v1/kill-switch", oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Let a scope trade again: the only way a level comes down
 */
export function armTrading({ idempotencyKey, body }: {
    idempotencyKey?: string;
    body: {
        scope?: string;
        /** why, for the journal; `emergency` will do */
        reason: string;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Armed;
    } | {
        status: 202;
        data: ArmWaits;
    }>("/v1/kill-switch/arm", oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Approve an arm that somebody else asked for
 */
export function approveArm({ request, idempotencyKey }: {
    request: number;
    idempotencyKey?: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Armed;
    } | {
        status: 202;
        data: ArmWaits;
    }>(`/v1/kill-switch/arm/${encodeURIComponent(request)}/approve`, {
        ...opts,
        method: "POST",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    });
}
/**
 * List incidents, newest first
 */
export function listIncidents({ all, limit }: {
    all?: string;
    limit?: number;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            incidents: Incident[];
        };
    }>(`/v1/incidents${QS.query(QS.explode({
        all,
        limit
    }))}`, {
        ...opts
    });
}
/**
 * Open an incident and tell the people who should know
 */
export function openIncident({ idempotencyKey, body }: {
    idempotencyKey?: string;
    body: {
        title: string;
        severity?: "sev1" | "sev2" | "sev3" | "sev4";
        summary?: string;
        /** milliseconds since the epoch, UTC */
        beganAt?: number;
        links?: string[];
        runbook?: string;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Incident;
    }>("/v1/incidents", oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * An incident, its times and its timeline
 */
export function readIncident({ id }: {
    id: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: IncidentReading;
    }>(`/v1/incidents/${encodeURIComponent(id)}`, {
        ...opts
    });
}
/**
 * A draft of the post-mortem in Markdown
 */
export function draftPostMortem({ id }: {
    id: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchText(`/v1/incidents/${encodeURIComponent(id)}/post-mortem`, {
        ...opts
    });
}
/**
 * Write a status update from how things stand now, and send it
 */
export function updateIncident({ id, idempotencyKey, body }: {
    id: string;
    idempotencyKey?: string;
    body: {
        audience: "desk" | "executives" | "venue";
        message?: string;
        /** false only writes it */
        send?: boolean;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            text: string;
            contacts: string[];
            sent: boolean;
        };
    }>(`/v1/incidents/${encodeURIComponent(id)}/update`, oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Take an incident
 */
export function acknowledgeIncident({ id, idempotencyKey, body }: {
    id: string;
    idempotencyKey?: string;
    body: {};
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Incident;
    }>(`/v1/incidents/${encodeURIComponent(id)}/acknowledge`, oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Give somebody a role, or hand it over
 */
export function assignIncident({ id, idempotencyKey, body }: {
    id: string;
    idempotencyKey?: string;
    body: {
        role: "commander" | "communications" | "operations" | "trading";
        /** who takes it */
        to: string;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Incident;
    }>(`/v1/incidents/${encodeURIComponent(id)}/assign`, oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Change how bad it is
 */
export function gradeIncident({ id, idempotencyKey, body }: {
    id: string;
    idempotencyKey?: string;
    body: {
        severity: "sev1" | "sev2" | "sev3" | "sev4";
        /** why */
        reason: string;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Incident;
    }>(`/v1/incidents/${encodeURIComponent(id)}/grade`, oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Write down what only a person knows
 */
export function noteIncident({ id, idempotencyKey, body }: {
    id: string;
    idempotencyKey?: string;
    body: {
        /** the note */
        text: string;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Incident;
    }>(`/v1/incidents/${encodeURIComponent(id)}/note`, oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Say that it does no more harm
 */
export function mitigateIncident({ id, idempotencyKey, body }: {
    id: string;
    idempotencyKey?: string;
    body: {
        /** what stopped it */
        how: string;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Incident;
    }>(`/v1/incidents/${encodeURIComponent(id)}/mitigate`, oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Say that it was not mitigated
 */
export function reopenIncident({ id, idempotencyKey, body }: {
    id: string;
    idempotencyKey?: string;
    body: {
        /** what shows it */
        why: string;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Incident;
    }>(`/v1/incidents/${encodeURIComponent(id)}/reopen`, oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * End it
 */
export function resolveIncident({ id, idempotencyKey, body }: {
    id: string;
    idempotencyKey?: string;
    body: {
        /** what ended it */
        how: string;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Incident;
    }>(`/v1/incidents/${encodeURIComponent(id)}/resolve`, oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Take what Alertmanager says: opens, updates or ends incidents
 */
export function takeAlerts({ idempotencyKey, alertmanagerNotification }: {
    idempotencyKey?: string;
    alertmanagerNotification: AlertmanagerNotification;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            taken: {
                fingerprint: string;
                /** left out when nothing was open about it */
                incident?: string;
                did: "opened" | "updated" | "nothing";
            }[];
        };
    }>("/v1/alerts", oazapfts.json({
        ...opts,
        method: "POST",
        body: alertmanagerNotification,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Every flag, its value and what it does
 */
export function listFlags(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            flags: Flag[];
        };
    }>("/v1/flags", {
        ...opts
    });
}
/**
 * Set a flag, on record
 */
export function setFlag({ name, idempotencyKey, body }: {
    name: string;
    idempotencyKey?: string;
    body: {
        value: boolean | number;
        /** why, for the journal */
        reason: string;
        /** how long it holds; until unset when left out */
        lastsMs?: number;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Flag;
    }>(`/v1/flags/${encodeURIComponent(name)}`, oazapfts.json({
        ...opts,
        method: "PUT",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * Let a flag's default hold again, on record
 */
export function unsetFlag({ name, reason, idempotencyKey }: {
    name: string;
    reason: string;
    idempotencyKey?: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Flag;
    }>(`/v1/flags/${encodeURIComponent(name)}${QS.query(QS.explode({
        reason
    }))}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    });
}
/**
 * Follow everything that happens; Last-Event-ID goes on where a reader was
 */
export function followEvents({ streams, after }: {
    streams?: string;
    after?: number;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchText(`/v1/events${QS.query(QS.explode({
        streams,
        after
    }))}`, {
        ...opts
    });
}
/**
 * Follow a backtest until it ends
 */
export function followBacktest({ id }: {
    id: string;
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchText(`/api/backtest/${encodeURIComponent(id)}/events`, {
        ...opts
    });
}
/**
 * GraphQL: queries and mutations; subscriptions with accept: text/event-stream
 */
export function graphql({ idempotencyKey, body }: {
    idempotencyKey?: string;
    body: {
        query: string;
        variables?: {
            [key: string]: unknown;
        } | null;
        operationName?: string | null;
        extensions?: {
            [key: string]: unknown;
        } | null;
    };
}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            data?: unknown;
            errors?: {
                message: string;
                [key: string]: unknown;
            }[];
            [key: string]: unknown;
        };
    }>("/graphql", oazapfts.json({
        ...opts,
        method: "POST",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * The schema of GraphQL in its own language
 */
export function readGraphQlSchema(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchText("/graphql", {
        ...opts
    });
}
/**
 * This API as an OpenAPI document
 */
export function readOpenApi(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            openapi: string;
            [key: string]: unknown;
        };
    }>("/v1/openapi.json", {
        ...opts
    });
}
/**
 * This API as a page to read
 */
export function readDocs(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchText("/docs", {
        ...opts
    });
}
