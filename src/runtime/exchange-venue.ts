import { CcxtVenue, type CcxtVenueOptions } from "../adapters/venues/ccxt-venue.ts";
import { OperatorError } from "../core/errors.ts";

/**
 * One account at an exchange: its test environment, unless live trading was asked for and the environment says so too.
 * Both are needed, so that neither a copied file nor a leftover variable trades real money by itself.
 */
export async function openExchangeVenue(
  options: CcxtVenueOptions,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<CcxtVenue> {
  const confirmed = environment.TTT_CONFIRM_LIVE;
  if (options.live && confirmed !== options.exchange) {
    throw new OperatorError(`Trading real money at ${options.exchange} is not confirmed.`, {
      exit: "refused",
      code: "LIVE_UNCONFIRMED",
      expected: `TTT_CONFIRM_LIVE=${options.exchange} in the environment`,
      found: confirmed ?? "not set",
    });
  }
  return await CcxtVenue.open(options);
}
