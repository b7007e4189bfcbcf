-- CreateTable
CREATE TABLE "person_links" (
    "customer_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_links_pkey" PRIMARY KEY ("customer_id")
);

-- CreateTable
CREATE TABLE "customer_fields" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_fields_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_values" (
    "customer_id" UUID NOT NULL,
    "field_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "value" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_values_pkey" PRIMARY KEY ("customer_id","field_id")
);

-- CreateIndex
CREATE INDEX "person_links_person_id_idx" ON "person_links"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "customer_fields_tenant_id_name_key_key" ON "customer_fields"("tenant_id", "name_key");

-- CreateIndex
CREATE INDEX "customer_values_field_id_idx" ON "customer_values"("field_id");

-- CreateIndex
CREATE INDEX "conversations_customer_id_idx" ON "conversations"("customer_id");

-- AddForeignKey
ALTER TABLE "person_links" ADD CONSTRAINT "person_links_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_fields" ADD CONSTRAINT "customer_fields_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_values" ADD CONSTRAINT "customer_values_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_values" ADD CONSTRAINT "customer_values_field_id_fkey" FOREIGN KEY ("field_id") REFERENCES "customer_fields"("id") ON DELETE CASCADE ON UPDATE CASCADE;
