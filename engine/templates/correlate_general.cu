{# USES_VARIABLES { N, N_pre, N_post } #}
{% extends 'common_group.cu' %}
{% block kernels %}
{% import 'cuda_kernel.cu' as kernel with context %}
{% if _fused %}
{{kernel.correlate_kernel(scalar_code['value'], vector_code['value'], '_value')}}
{% else %}
{{kernel.correlate_kernel(scalar_code, vector_code, '_value')}}
{% endif %}
{% endblock %}
{% block launch %}
{% import 'cuda_kernel.cu' as kernel with context %}
{{kernel.launch('_correlate', 'N')}}
{% endblock %}
