// What a strict front end writes against the generated types. It is compiled, not run.
import createClient from "openapi-fetch";
import type { components, paths } from "./shanhai";

type Figure = components["schemas"]["Figure"];

const api = createClient<paths>({ baseUrl: "https://data.example.org" });

export async function amounts(): Promise<string[]> {
  const { data, error } = await api.GET("/v1/figures", {
    params: { query: { unit: "CNY", status__in: ["achieved", "planned"], include: ["source", "indicator"], sort: ["-value"] } },
  });
  if (error) throw new Error(error.detail);
  const figures: Figure[] = data.data;
  return figures.map((each) => `${each.name_en}: ${each.value?.toFixed(0) ?? each.as_stated} (${data.meta.release})`);
}

export async function evidence(id: string): Promise<string> {
  const { data, error } = await api.GET("/v1/figures/{id}/evidence", { params: { path: { id } } });
  return error ? error.title : data.data.steps.join("\n");
}

export async function counts(): Promise<Map<string, number>> {
  const { data } = await api.GET("/v1/figures/aggregate", { params: { query: { group_by: ["unit"], measure: ["count"] } } });
  return new Map((data?.data ?? []).map((group) => [group.unit ?? "", group.count ?? 0]));
}

export async function download(): Promise<string> {
  const { data, error } = await api.GET("/v1/figures.csv", { params: { query: { unit: "CNY" } }, parseAs: "text" });
  if (error) throw new Error(error.detail);
  return data;
}
