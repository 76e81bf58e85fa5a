/** Every queue of ttt in RabbitMQ. Two stacks that share a server use a virtual host each. */
export const QUEUES = {
  /** Rings for the backtesters: there may be a job in the job store. */
  jobs: "ttt.jobs",
} as const;
